import type { JsonObject } from './kube-object.ts';
import { verbsOf, type Resource } from './resources.ts';

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

const SUBRESOURCE_VERBS: Record<string, string[]> = {
  status: ['get', 'patch', 'update'],
  log: ['get'],
  proxy: ['create', 'delete', 'get', 'patch', 'update'],
  binding: ['create'],
};

/** Answers /version, /api, /apis and what is below them; undefined where there is nothing. */
export function discover(resources: Resource[], path: string, serverAddress: string): JsonObject | undefined {
  const [root, group, version] = path.replace(/\/$/, '').slice(1).split('/');
  if (path === '/version') return VERSION;
  if (path === '/') return { paths: rootPaths(resources) };
  if (root === 'api' && group === undefined)
    return {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
    };
  if (root === 'api' && version === undefined) return resourceList(resources, String(group));
  if (root !== 'apis') return undefined;
  if (version !== undefined) return resourceList(resources, `${group}/${version}`);
  const groups = groupsOf(resources);
  if (group === undefined) return { kind: 'APIGroupList', apiVersion: 'v1', groups };
  const found = groups.find(({ name }) => name === group);
  return found && { kind: 'APIGroup', apiVersion: 'v1', ...found };
}

const apiVersionsOf = (resources: Resource[]) => [...new Set(resources.map(({ apiVersion }) => apiVersion))];

function rootPaths(resources: Resource[]): string[] {
  const groups = groupsOf(resources).flatMap(({ name, versions }) => [
    `/apis/${name}`,
    ...versions.map(({ groupVersion }) => `/apis/${groupVersion}`),
  ]);
  return ['/api', '/api/v1', '/apis', ...groups, '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'].sort();
}

function groupsOf(resources: Resource[]) {
  const named = apiVersionsOf(resources).filter((apiVersion) => apiVersion.includes('/'));
  return named.map((groupVersion) => {
    const [name = '', version = ''] = groupVersion.split('/');
    return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
  });
}

function resourceList(resources: Resource[], groupVersion: string): JsonObject | undefined {
  const found = resources.filter(({ apiVersion }) => apiVersion === groupVersion);
  if (found.length === 0) return undefined;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: found.flatMap(entriesOf) };
}

function entriesOf(resource: Resource): JsonObject[] {
  const { plural, singular: singularName, kind, namespaced, shortNames, categories, subresources } = resource;
  const more = { ...(shortNames.length ? { shortNames } : {}), ...(categories.length ? { categories } : {}) };
  const below = subresources.map((name) => ({
    name: `${plural}/${name}`,
    singularName: '',
    namespaced,
    kind: name === 'binding' ? 'Binding' : kind,
    verbs: SUBRESOURCE_VERBS[name],
  }));
  return [{ name: plural, singularName, namespaced, kind, verbs: verbsOf(resource), ...more }, ...below];
}

/** OpenAPI v3, as far as kubectl looks: which parameters a patch takes, and the schemas for `kubectl explain`. */
export function openApi(resources: Resource[], path: string): JsonObject | undefined {
  const pathOf = (apiVersion: string) => `${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`;
  if (path === '/openapi/v3') {
    const names = apiVersionsOf(resources).map(pathOf);
    return { paths: Object.fromEntries(names.map((name) => [name, { serverRelativeURL: `/openapi/v3/${name}` }])) };
  }
  const found = resources.filter(({ apiVersion }) => `/openapi/v3/${pathOf(apiVersion)}` === path);
  if (found.length === 0) return undefined;
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string' },
  }));
  const described = found.map(({ group, version, kind, plural, namespaced, schema, apiVersion }) => {
    const gvk = { group, version, kind };
    const url = `/${pathOf(apiVersion)}/${namespaced ? 'namespaces/{namespace}/' : ''}${plural}/{name}`;
    return {
      path: [url, { patch: { parameters, 'x-kubernetes-group-version-kind': gvk } }],
      schema: [`${group || 'core'}.${version}.${kind}`, { ...schema, 'x-kubernetes-group-version-kind': [gvk] }],
    };
  });
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: VERSION.gitVersion },
    paths: Object.fromEntries(described.map((one) => one.path)) as JsonObject,
    components: { schemas: Object.fromEntries(described.map((one) => one.schema)) as JsonObject },
  };
}
