import { at, ofType, type Environment, type Resource, type Snapshot } from '../snapshot.ts';

/**
 * A rule of Checkov (CKV_AZURE_*) or PSRule for Azure (Azure.*) that has something to say about what we deploy.
 * https://www.checkov.io/5.Policy%20Index/bicep.html, https://azure.github.io/PSRule.Rules.Azure/en/rules/
 */
export interface Policy {
  name: string;
  what: string;
  /** Resources that the rule looks at. */
  on: string;
  holds(resource: Resource, made: Snapshot): boolean;
  /** Why an environment, or some resources of it, does without. A waiver that nothing needs fails the test. */
  waived?: Partial<Record<Environment, string>>;
}

type Check = Policy['holds'];

/** Whether a property is a certain value. */
export function is(path: string, wanted: unknown): Check {
  return (resource) => at(resource, `properties.${path}`) === wanted;
}

/** Whether a property is anything but a certain value. */
export function isNot(path: string, wanted: unknown): Check {
  return (resource) => at(resource, `properties.${path}`) !== wanted;
}

/** Whether a property is there. */
export function isSet(path: string): Check {
  return isNot(path, undefined);
}

/** The resources of a type below another one, as its children or extensions. */
export function below(type: string, { id }: Resource, made: Snapshot): Resource[] {
  return ofType(made, type).filter((resource) => resource.id.startsWith(`${id}/`));
}

/** A waiver in all environments. */
export function everywhere(reason: string): Policy['waived'] & object {
  return { dev: reason, test: reason, prod: reason };
}

/** A waiver in the environments that nothing depends on. */
export function outsideProd(reason: string): Policy['waived'] & object {
  return { dev: reason, test: reason };
}

export const SMALL = 'one node, zone and copy suffice: what is there can be made again';
export const PUBLIC = 'open to the network, closed to whoever has no Entra token';
export const ORGANISATION = 'switched on for a subscription by its owner, not by a deployment in it';
