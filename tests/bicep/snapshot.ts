import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a deployment would make, as `bicep snapshot` foresees it. */
export interface Snapshot {
  predictedResources: Resource[];
  diagnostics: string[];
  outputs: Record<string, unknown>;
}

/** A resource; what only Azure knows stands as an unresolved expression, `[reference(…)…]`. */
export interface Resource {
  id: string;
  type: string;
  name: string;
  [field: string]: unknown;
}

export const ENVIRONMENTS = ['dev', 'test', 'prod'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** File of a committed snapshot. */
export function snapshotFile(name: string): string {
  return join(import.meta.dirname, '../../bicep/snapshots', `${name}.json`);
}

/** A committed snapshot: of an environment, or `eventing-ENVIRONMENT`. */
export function snapshot(name: string): Snapshot {
  return JSON.parse(readFileSync(snapshotFile(name), 'utf8')) as Snapshot;
}

/** The resources of a type. */
export function ofType({ predictedResources }: Snapshot, type: string): Resource[] {
  return predictedResources.filter((resource) => resource.type === type);
}

/** The one resource of a type whose name ends so. */
export function one(made: Snapshot, type: string, ending = ''): Resource {
  const found = ofType(made, type).filter(({ name }) => name.endsWith(ending));
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} resources ${type} …${ending}, expected one`);
  return found[0];
}

/** The value at a path such as `properties.networkAcls.defaultAction`; undefined where there is none. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

/** The list at a path; empty where there is none. */
export function listAt(value: unknown, path: string): unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
