import type { Access, User } from './access.ts';
import { at, timestamp, type JsonObject, type KubeObject } from './kube-object.ts';
import { badRequest, cause, invalid } from './status-error.ts';

const AUTHORIZATION = 'authorization.k8s.io';

/** Answers what a user may do, or who they are. */
export function review(access: Access, user: User, object: KubeObject, now = new Date()): JsonObject {
  const { kind, apiVersion, spec = {} } = object;
  if (kind === 'SelfSubjectReview') {
    const { user: username, groups, uid } = user;
    const userInfo = { username, ...(uid ? { uid } : {}), groups };
    return { kind, apiVersion, metadata: { creationTimestamp: timestamp(now) }, status: { userInfo } };
  }
  if (kind === 'SelfSubjectAccessReview')
    return { kind, apiVersion, metadata: {}, spec, status: accessStatus(access, user, spec as JsonObject) };
  const namespace = at(spec, 'namespace');
  if (!namespace) throw badRequest('no namespace on request');
  const rules = access.rulesFor(user, String(namespace));
  const resourceRules = rules.filter(({ nonResourceURLs }) => !nonResourceURLs);
  const nonResourceRules = rules.filter(({ nonResourceURLs }) => nonResourceURLs);
  return { kind, apiVersion, metadata: {}, spec: {}, status: { resourceRules, nonResourceRules, incomplete: false } };
}

function accessStatus(access: Access, user: User, spec: JsonObject): JsonObject {
  const resource = spec['resourceAttributes'] as Record<string, string> | undefined;
  const other = spec['nonResourceAttributes'] as Record<string, string> | undefined;
  if (!resource === !other) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    throw invalid({ kind: '', group: AUTHORIZATION }, '', [cause.invalid('spec.resourceAttributes', null, why)]);
  }
  const { verb = '', group = '', resource: plural = '', subresource, namespace, name } = resource ?? {};
  const asked = resource
    ? {
        verb,
        group,
        plural,
        isResource: true,
        path: '',
        ...(namespace ? { namespace } : {}),
        ...(name ? { name } : {}),
        ...(subresource ? { subresource } : {}),
      }
    : { verb: other?.['verb'] ?? '', path: other?.['path'] ?? '', isResource: false, group: '', plural: '' };
  const reason = access.allows(user, asked);
  return { allowed: reason !== undefined, ...(reason ? { reason } : {}) };
}
