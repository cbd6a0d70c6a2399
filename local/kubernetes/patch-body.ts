import { parse } from 'yaml';
import { parseJson } from './body.ts';
import { isObject, type KubeObject } from './kube-object.ts';
import { readJsonPath } from './json-path.ts';
import { applyJsonPatch, mergePatch, strategicMerge } from './patch.ts';
import type { Resource } from './resources.ts';
import { normalise, validate } from './schema.ts';
import { badRequest, internalError } from './status-error.ts';

/** Media types of patches; STRATEGIC for kinds that are built in. */
export const [JSON_PATCH, MERGE_PATCH] = ['application/json-patch+json', 'application/merge-patch+json'];
export const [STRATEGIC, APPLY] = ['application/strategic-merge-patch+json', 'application/apply-patch+yaml'];

/** The body of a patch that is JSON: a list of operations, or an object to merge. */
export function decodePatch(text: string, type: string): unknown {
  let patch: unknown;
  try {
    patch = parseJson(text);
  } catch (error) {
    throw badRequest(`error decoding patch: ${(error as Error).message}`);
  }
  if (type === JSON_PATCH || isObject(patch)) return patch;
  throw badRequest(
    `error decoding patch: json: cannot unmarshal ${Array.isArray(patch) ? 'array' : typeof patch} into Go value of type map[string]interface {}`,
  );
}

/** The object as such a patch would leave it. */
export function patched(resource: Resource, type: string, live: KubeObject, patch: unknown): KubeObject {
  if (type === JSON_PATCH) return applyJsonPatch(live, patch);
  if (type === MERGE_PATCH) return mergePatch(live, patch) as KubeObject;
  return strategicMerge(resource.schema, live, patch) as KubeObject;
}

/** The body of a server-side apply, which may be YAML. */
export function readConfiguration(resource: Resource, text: string): KubeObject {
  const value: unknown = parse(text);
  const { apiVersion, kind, metadata } = (isObject(value) ? value : {}) as Partial<KubeObject>;
  if (!apiVersion || !kind) throw badRequest('invalid object type: /, Kind=');
  if (apiVersion !== resource.apiVersion || kind !== resource.kind)
    throw badRequest(`invalid object type: ${apiVersion}, Kind=${kind}`);
  if (metadata?.managedFields) throw badRequest('metadata.managedFields must be nil');
  const config = { ...(value as KubeObject), metadata: { ...metadata } as KubeObject['metadata'] };
  const wrong = resource.isCustom ? misfit(resource, config) : undefined;
  const what = `(/${config.metadata.name}; ${apiVersion}, Kind=${kind})`;
  if (wrong) throw internalError(`failed to create typed patch object ${what}: ${wrong}`);
  return config;
}

/** Server-side apply refuses what does not fit the schema before anything else, in words of its own. */
function misfit({ schema }: Resource, config: KubeObject): string | undefined {
  const unknown: string[] = [];
  normalise(schema, structuredClone(config), unknown);
  if (unknown[0]) return `.${unknown[0]}: field not declared in schema`;
  const wrong = validate(schema, config).find(({ reason }) => reason === 'FieldValueTypeInvalid');
  const wanted = /must be of type (\w+)/.exec(wrong?.message ?? '')?.[1];
  const value = wrong && JSON.stringify(readJsonPath(config, `.${wrong.field}`));
  return wrong && `.${wrong.field}: expected ${wanted}, got &value.valueUnstructured{Value:${value}}`;
}
