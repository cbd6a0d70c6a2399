import { at, type KubeObject } from './kube-object.ts';
import type { RequestInfo } from './request.ts';
import { forbidden, StatusError } from './status-error.ts';
import type { Store } from './store.ts';

export interface User {
  user: string;
  groups: string[];
  uid?: string;
}

interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}
interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}
interface Grant {
  rules: Rule[];
  reason: string;
}

export type Asked = Pick<
  RequestInfo,
  'verb' | 'path' | 'isResource' | 'group' | 'plural' | 'namespace' | 'name' | 'subresource'
>;

const RBAC = 'rbac.authorization.k8s.io';
const ADMINS = 'system:masters';

/** Who a request comes from, by its bearer token. */
export function authenticate(header: string | undefined, tokens: Record<string, User>): User {
  const token = /^Bearer (.+)$/i.exec(header ?? '')?.[1]?.trim();
  if (!token) return { user: 'system:anonymous', groups: ['system:unauthenticated'] };
  const user = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  if (!user) throw new StatusError(401, 'Unauthorized', 'Unauthorized');
  return { ...user, groups: [...new Set([...user.groups, 'system:authenticated'])] };
}

/** Decides from the stored Role and RoleBinding objects. */
export class Access {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Why the user may; undefined when nothing allows it. */
  allows(user: User, asked: Asked): string | undefined {
    if (user.groups.includes(ADMINS)) return '';
    return this.#grants(user, asked.namespace).find(({ rules }) => rules.some((rule) => matches(rule, asked)))?.reason;
  }

  /** Throws 403 in the words of the real server. */
  require(user: User, asked: Asked): void {
    if (this.allows(user, asked) !== undefined) return;
    const who = `User "${user.user}" cannot ${asked.verb}`;
    if (!asked.isResource) throw new StatusError(403, 'Forbidden', `forbidden: ${who} path "${asked.path}"`, {});
    const { group, name = '', namespace } = asked;
    const where = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
    throw forbidden(asked, name, `${who} resource "${whatOf(asked)}" in API group "${group}" ${where}`);
  }

  /** All rules that hold for a user in a namespace. */
  rulesFor(user: User, namespace: string): Rule[] {
    const all = [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    ];
    return user.groups.includes(ADMINS) ? all : this.#grants(user, namespace).flatMap(({ rules }) => rules);
  }

  #grants(user: User, namespace: string | undefined): Grant[] {
    const bindings = [
      ...this.#store.list(`${RBAC}/clusterrolebindings`),
      ...(namespace ? this.#store.list(`${RBAC}/rolebindings`, namespace) : []),
    ];
    return bindings.flatMap((binding) => {
      const subject = ((binding['subjects'] ?? []) as Subject[]).find((one) => isSubject(one, user));
      return subject ? [this.#grant(binding, subject)] : [];
    });
  }

  #grant(binding: KubeObject, subject: Subject): Grant {
    const role = binding['roleRef'] as { kind: string; name: string };
    const { name, namespace } = binding.metadata;
    const found =
      role.kind === 'ClusterRole'
        ? this.#store.get(`${RBAC}/clusterroles`, undefined, role.name)
        : this.#store.get(`${RBAC}/roles`, namespace, role.name);
    const where = namespace ? `${name}/${namespace}` : name;
    return {
      rules: (at(found, 'rules') ?? []) as Rule[],
      reason: `RBAC: allowed by ${binding.kind} "${where}" of ${role.kind} "${role.name}" to ${subject.kind} "${subject.name}"`,
    };
  }
}

const isSubject = ({ kind, name, namespace }: Subject, user: User) =>
  (kind === 'User' && name === user.user) ||
  (kind === 'Group' && user.groups.includes(name)) ||
  (kind === 'ServiceAccount' && user.user === `system:serviceaccount:${namespace}:${name}`);

const has = (list: string[] | undefined, value: string) =>
  list?.some((item) => item === '*' || item === value) ?? false;

const whatOf = ({ plural, subresource }: Asked) => (subresource ? `${plural}/${subresource}` : plural);

function matches(rule: Rule, asked: Asked): boolean {
  if (!has(rule.verbs, asked.verb)) return false;
  if (!asked.isResource)
    return (rule.nonResourceURLs ?? []).some((url) =>
      url.endsWith('*') ? asked.path.startsWith(url.slice(0, -1)) : url === asked.path,
    );
  const { subresource, name = '', group } = asked;
  const isNamed = !rule.resourceNames?.length || rule.resourceNames.includes(name);
  const isListed = has(rule.resources, whatOf(asked)) || (!!subresource && has(rule.resources, `*/${subresource}`));
  return isNamed && isListed && has(rule.apiGroups, group);
}

const role = (name: string, rules: Rule[]) => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: { name },
  rules,
});
const binding = (name: string, ...groups: string[]) => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
  subjects: groups.map((group) => ({ kind: 'Group', apiGroup: RBAC, name: group })),
});
const PUBLIC = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
const DISCOVERY = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
];

/** The roles that every cluster starts with, save for those of controllers. */
export const initialRoles = (): KubeObject[] => [
  role('cluster-admin', [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ]),
  role('system:basic-user', [
    {
      verbs: ['create'],
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    },
    { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  ]),
  role('system:discovery', [{ verbs: ['get'], nonResourceURLs: DISCOVERY }]),
  role('system:public-info-viewer', [{ verbs: ['get'], nonResourceURLs: PUBLIC }]),
  binding('cluster-admin', ADMINS),
  binding('system:basic-user', 'system:authenticated'),
  binding('system:discovery', 'system:authenticated'),
  binding('system:public-info-viewer', 'system:authenticated', 'system:unauthenticated'),
];
