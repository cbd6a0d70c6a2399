import type { KubeObject } from './kube-object.ts';
import type { Resource } from './resources.ts';
import { cause, type Cause } from './status-error.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const NAME_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const KEY_TEXT =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** 256 KiB for all annotations together: kubernetes.io/docs/concepts/overview/working-with-objects/annotations. */
const ANNOTATIONS_LIMIT = 262_144;

/** What is wrong with an object's metadata. */
export function checkMetadata({ kind, group }: Resource, { metadata }: KubeObject): Cause[] {
  const { name, labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  const causes: Cause[] = [];
  const wrong = (field: string, value: unknown, why: string) =>
    causes.push(cause.invalid(`metadata.${field}`, value, why));
  const mustBeLabel = kind === 'Namespace' || kind === 'Service';
  const limit = mustBeLabel ? 63 : 253;
  if (!name) return [cause.required('metadata.name', 'name or generateName is required')];
  if (name.length > limit) wrong('name', name, `must be no more than ${limit} characters`);
  else if (group === 'rbac.authorization.k8s.io') {
    if (/[/%]/.test(name)) wrong('name', name, "may not contain '/'");
  } else if (!(mustBeLabel ? LABEL : SUBDOMAIN).test(name))
    wrong('name', name, mustBeLabel ? LABEL_TEXT : SUBDOMAIN_TEXT);
  for (const [key, value] of Object.entries(labels)) {
    if (!NAME_PART.test(key.slice(key.indexOf('/') + 1))) wrong('labels', key, KEY_TEXT);
    if (value.length > 63) wrong('labels', value, 'must be no more than 63 characters');
    else if (value && !NAME_PART.test(value)) wrong('labels', value, VALUE_TEXT);
  }
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (size > ANNOTATIONS_LIMIT) causes.push(cause.tooLong('metadata.annotations', ANNOTATIONS_LIMIT));
  for (const owner of ownerReferences)
    for (const field of ['apiVersion', 'kind', 'name', 'uid'] as const)
      if (!owner[field]) wrong(`ownerReferences.${field}`, owner[field] ?? '', 'must not be empty');
  return causes;
}

/** What the real server warns of in finalizer names. */
export const finalizerWarnings = ({ metadata }: KubeObject): string[] =>
  (metadata.finalizers ?? [])
    .filter((name) => !name.includes('/') && name !== 'orphan' && name !== 'foregroundDeletion')
    .map(
      (name) =>
        `metadata.finalizers: "${name}": prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers`,
    );

/** A while deleting only shrinking list of finalizers is allowed; the real server says so twice. */
export function checkFinalizers(live: KubeObject, next: KubeObject): Cause[] {
  const added = (next.metadata.finalizers ?? []).filter((name) => !live.metadata.finalizers?.includes(name));
  if (!live.metadata.deletionTimestamp || added.length === 0) return [];
  const list = added.map((name) => `"${name}"`).join(', ');
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  return [cause.forbidden('metadata.finalizers', why), cause.forbidden('metadata.finalizers', why)];
}
