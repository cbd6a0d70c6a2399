import { builtinSchema, metadataSchema } from './builtin-schemas.ts';
import { at, type JsonObject } from './kube-object.ts';
import { type Schema, unknownRules } from './schema.ts';

export interface PrinterColumn {
  name: string;
  type: string;
  format?: string;
  priority?: number;
  jsonPath: string;
}

/** One kind of object that the server serves. */
export interface Resource {
  /** `group/plural`, the name of its collection in the store. */
  id: string;
  group: string;
  version: string;
  apiVersion: string;
  kind: string;
  plural: string;
  singular: string;
  shortNames: string[];
  categories: string[];
  namespaced: boolean;
  isCustom: boolean;
  isReadOnly: boolean;
  subresources: string[];
  schema: Schema;
  columns: PrinterColumn[];
}

type Row = [group: string, kind: string, plural: string, shortNames?: string[], subresources?: string[]];

const RBAC = 'rbac.authorization.k8s.io';
const CLUSTER_WIDE = new Set(['Namespace', 'Node', 'ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition']);
const BUILTIN: Row[] = [
  ['', 'Namespace', 'namespaces', ['ns'], ['status']],
  ['', 'Pod', 'pods', ['po'], ['status', 'log', 'proxy', 'binding']],
  ['', 'Service', 'services', ['svc'], ['status']],
  ['', 'Event', 'events', ['ev']],
  ['', 'ConfigMap', 'configmaps', ['cm']],
  ['', 'Secret', 'secrets'],
  ['', 'ServiceAccount', 'serviceaccounts', ['sa']],
  ['', 'Node', 'nodes', ['no'], ['status']],
  ['batch', 'Job', 'jobs', [], ['status']],
  ['coordination.k8s.io', 'Lease', 'leases'],
  [RBAC, 'Role', 'roles'],
  [RBAC, 'RoleBinding', 'rolebindings'],
  [RBAC, 'ClusterRole', 'clusterroles'],
  [RBAC, 'ClusterRoleBinding', 'clusterrolebindings'],
  ['apiextensions.k8s.io', 'CustomResourceDefinition', 'customresourcedefinitions', ['crd', 'crds']],
];

function builtin([group, kind, plural, shortNames = [], subresources = []]: Row): Resource {
  return {
    id: `${group}/${plural}`,
    group,
    version: 'v1',
    apiVersion: group ? `${group}/v1` : 'v1',
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames,
    categories: ['Pod', 'Service', 'Job'].includes(kind) ? ['all'] : [],
    namespaced: !CLUSTER_WIDE.has(kind),
    isCustom: false,
    // Definitions are given at start: making one at run time would need their whole life cycle.
    isReadOnly: kind === 'CustomResourceDefinition',
    subresources,
    schema: builtinSchema(kind),
    columns: [],
  };
}

interface Definition {
  spec: {
    group: string;
    scope: string;
    names: { kind: string; plural: string; singular?: string; shortNames?: string[]; categories?: string[] };
    versions: {
      name: string;
      storage: boolean;
      schema: { openAPIV3Schema: Schema };
      subresources?: JsonObject;
      additionalPrinterColumns?: PrinterColumn[];
    }[];
  };
}

function custom(definition: Definition): Resource {
  const { group, names, scope, versions } = definition.spec;
  const version = versions.find(({ storage }) => storage);
  if (!version || versions.length > 1) throw new Error(`${names.plural}.${group}: exactly one version is supported.`);
  const schema = version.schema.openAPIV3Schema;
  const rules = unknownRules(schema);
  if (rules.length) throw new Error(`${names.plural}.${group}: these CEL rules are not supported: ${rules.join('; ')}`);
  return {
    id: `${group}/${names.plural}`,
    group,
    version: version.name,
    apiVersion: `${group}/${version.name}`,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    isCustom: true,
    isReadOnly: false,
    subresources: at(version, 'subresources', 'status') ? ['status'] : [],
    schema: { ...schema, properties: { ...schema.properties, metadata: metadataSchema } },
    columns: version.additionalPrinterColumns ?? [
      { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ],
  };
}

/** All kinds that are served: the built-in ones and those of the given definitions. */
export const resourcesOf = (crds: object[]): Resource[] => [
  ...BUILTIN.map(builtin),
  ...crds.map((crd) => custom(crd as Definition)),
];

/** As discovery and access rules name them. */
export const verbsOf = (resource: Resource): string[] =>
  resource.isReadOnly
    ? ['get', 'list', 'watch']
    : ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
