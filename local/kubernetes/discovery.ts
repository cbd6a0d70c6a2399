import { createHash } from 'node:crypto';
import type { JsonObject } from './kube-object.ts';
import { verbsOf, type Resource } from './resources.ts';
import type { Schema } from './schema.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Kinds that are only ever posted, and not kept. */
const REVIEWS = [
  ['authorization.k8s.io', 'SelfSubjectAccessReview'],
  ['authorization.k8s.io', 'SelfSubjectRulesReview'],
  ['authentication.k8s.io', 'SelfSubjectReview'],
] as const;

interface Listed {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  namespaced: boolean;
  verbs: string[];
  shortNames: string[];
  categories: string[];
  subresources: string[];
}

const SUBRESOURCE_VERBS: Record<string, string[]> = {
  status: ['get', 'patch', 'update'],
  log: ['get'],
  proxy: ['create', 'delete', 'get', 'patch', 'update'],
  binding: ['create'],
};

const listedOf = (resources: Resource[]): Listed[] => [
  ...resources.map((resource) => ({ ...resource, verbs: verbsOf(resource) })),
  ...REVIEWS.map(([group, kind]) => ({
    group,
    version: 'v1',
    kind,
    plural: `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(),
    namespaced: false,
    verbs: ['create'],
    shortNames: [],
    categories: [],
    subresources: [],
  })),
];

export interface Discovered {
  contentType: string;
  document: JsonObject;
}

/** Answers /version, /api, /apis and what is below them; undefined where there is nothing. */
export function discover(resources: Resource[], path: string, accept: string, address: string): Discovered | undefined {
  const listed = listedOf(resources);
  const json = (document: JsonObject | undefined) => document && { contentType: 'application/json', document };
  const [root, group, version] = path.replace(/\/$/, '').slice(1).split('/');
  if (path === '/version') return json(VERSION);
  if (path === '/') return json({ paths: rootPaths(listed) });
  if ((root === 'api' || root === 'apis') && group === undefined) {
    const wanted = listed.filter((one) => (one.group === '') === (root === 'api'));
    // Clients that know it list this form first; the older ones never name it.
    if (accept.replaceAll(' ', '').includes(AGGREGATED))
      return { contentType: AGGREGATED, document: aggregated(wanted) };
    return json(
      root === 'api' ? legacy(address) : { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(listed) },
    );
  }
  if (root === 'api' && version === undefined) return json(resourceList(listed, '', group ?? ''));
  if (root !== 'apis') return undefined;
  if (version !== undefined) return json(resourceList(listed, group ?? '', version));
  const found = groupsOf(listed).find(({ name }) => name === group);
  return json(found && { kind: 'APIGroup', apiVersion: 'v1', ...found });
}

const VERSION = {
  major: '1',
  minor: '35',
  emulationMajor: '1',
  emulationMinor: '35',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '34',
  gitVersion: 'v1.35.4+landfall',
  gitCommit: '',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: `${process.platform}/${process.arch}`,
};

const legacy = (address: string) => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
});

const groupVersions = (listed: Listed[]) => [...new Set(listed.map(({ group, version }) => `${group}/${version}`))];

function rootPaths(listed: Listed[]): string[] {
  const paths = groupVersions(listed).flatMap((name) =>
    name.startsWith('/') ? ['/api', '/api/v1'] : ['/apis', `/apis/${name.split('/')[0]}`, `/apis/${name}`],
  );
  return [...new Set([...paths, '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'])].sort();
}

function groupsOf(listed: Listed[]) {
  return groupVersions(listed)
    .filter((name) => !name.startsWith('/'))
    .map((groupVersion) => {
      const [name = '', version = ''] = groupVersion.split('/');
      return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
    });
}

function resourceList(listed: Listed[], group: string, version: string): JsonObject | undefined {
  const found = listed.filter((one) => one.group === group && one.version === version);
  if (found.length === 0) return undefined;
  const resources = found.flatMap(
    ({ plural, singular, kind, namespaced, verbs, shortNames, categories, subresources }) => [
      {
        name: plural,
        singularName: singular,
        namespaced,
        kind,
        verbs,
        ...(shortNames.length ? { shortNames } : {}),
        ...(categories.length ? { categories } : {}),
      },
      ...subresources.map((name) => ({
        name: `${plural}/${name}`,
        singularName: '',
        namespaced,
        kind: name === 'binding' ? 'Binding' : kind,
        verbs: SUBRESOURCE_VERBS[name],
      })),
    ],
  );
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group ? `${group}/${version}` : version,
    resources,
  };
}

/** OpenAPI v3, as far as kubectl looks: which parameters a patch takes, and the schemas for `kubectl explain`. */
export function openApi(resources: Resource[], path: string): JsonObject | undefined {
  const pathOf = ({ group, version }: Resource) => (group ? `apis/${group}/${version}` : `api/${version}`);
  if (path === '/openapi/v3') {
    const names = [...new Set(resources.map(pathOf))];
    return { paths: Object.fromEntries(names.map((name) => [name, { serverRelativeURL: `/openapi/v3/${name}` }])) };
  }
  const found = resources.filter((resource) => `/openapi/v3/${pathOf(resource)}` === path);
  if (found.length === 0) return undefined;
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string' },
  }));
  const paths = found.map((resource) => {
    const { group, version, kind, plural, namespaced } = resource;
    const url = `/${pathOf(resource)}/${namespaced ? 'namespaces/{namespace}/' : ''}${plural}/{name}`;
    return [url, { patch: { parameters, 'x-kubernetes-group-version-kind': { group, version, kind } } }];
  });
  const schemas = found.map((resource) => [
    `${resource.group || 'core'}.${resource.version}.${resource.kind}`,
    schemaOf(resource),
  ]);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: VERSION.gitVersion },
    paths: Object.fromEntries(paths) as JsonObject,
    components: { schemas: Object.fromEntries(schemas) as Record<string, Schema> },
  };
}

const schemaOf = ({ schema, group, version, kind }: Resource) => ({
  ...schema,
  'x-kubernetes-group-version-kind': [{ group, version, kind }],
});
