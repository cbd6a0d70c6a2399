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
  subresources: string[];
  /** Subresources that the definition has and this server has not. */
  unserved: string[];
  schema: Schema;
  columns: PrinterColumn[];
}

type Row = [group: string, kind: string, shortNames?: string[], subresources?: string[]];

const RBAC = 'rbac.authorization.k8s.io';
const AUTHORIZATION = 'authorization.k8s.io';
const BUILTIN: Row[] = [
  ['', 'Namespace', ['ns'], ['status']],
  ['', 'Pod', ['po'], ['status', 'log', 'proxy', 'binding']],
  ['', 'Service', ['svc'], ['status']],
  ['', 'Event', ['ev']],
  ['', 'ConfigMap', ['cm']],
  ['', 'Secret'],
  ['', 'ServiceAccount', ['sa']],
  ['', 'Node', ['no'], ['status']],
  ['', 'LimitRange', ['limits']],
  ['', 'ResourceQuota', ['quota'], ['status']],
  ['networking.k8s.io', 'NetworkPolicy', ['netpol']],
  ['batch', 'Job', [], ['status']],
  ['coordination.k8s.io', 'Lease'],
  [RBAC, 'Role'],
  [RBAC, 'RoleBinding'],
  [RBAC, 'ClusterRole'],
  [RBAC, 'ClusterRoleBinding'],
  ['apiextensions.k8s.io', 'CustomResourceDefinition', ['crd', 'crds']],
  [AUTHORIZATION, 'SelfSubjectAccessReview'],
  [AUTHORIZATION, 'SelfSubjectRulesReview'],
  ['authentication.k8s.io', 'SelfSubjectReview'],
];
const NAMESPACED = [
  'Pod',
  'Service',
  'Event',
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'LimitRange',
  'ResourceQuota',
  'NetworkPolicy',
  'Job',
  'Lease',
  'Role',
  'RoleBinding',
];

function builtin([group, kind, shortNames = [], subresources = []]: Row): Resource {
  const singular = kind.toLowerCase();
  const plural = `${singular.replace(/y$/, 'ie')}s`;
  return {
    id: `${group}/${plural}`,
    group,
    version: 'v1',
    apiVersion: group ? `${group}/v1` : 'v1',
    kind,
    plural,
    singular,
    shortNames,
    categories: ['Pod', 'Service', 'Job'].includes(kind) ? ['all'] : [],
    namespaced: NAMESPACED.includes(kind),
    isCustom: false,
    subresources,
    unserved: [],
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

const AGE = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

function custom(definition: Definition): Resource {
  const { group, names, scope, versions } = definition.spec;
  const { kind, plural, singular = kind.toLowerCase(), shortNames = [], categories = [] } = names;
  const version = versions.find(({ storage }) => storage);
  if (!version || versions.length > 1) throw new Error(`${plural}.${group}: exactly one version is supported.`);
  const schema = version.schema.openAPIV3Schema;
  const rules = unknownRules(schema);
  if (rules.length) throw new Error(`${plural}.${group}: these CEL rules are not supported: ${rules.join('; ')}`);
  return {
    ...{ id: `${group}/${plural}`, group, version: version.name, apiVersion: `${group}/${version.name}` },
    ...{ kind, plural, singular, shortNames, categories, namespaced: scope === 'Namespaced', isCustom: true },
    subresources: at(version, 'subresources', 'status') ? ['status'] : [],
    unserved: Object.keys(version.subresources ?? {}).filter((name) => name !== 'status'),
    schema: { ...schema, properties: { ...schema.properties, metadata: metadataSchema } },
    columns: version.additionalPrinterColumns ?? [AGE],
  };
}

/** All kinds that are served: the built-in ones and those of the given definitions. */
export const resourcesOf = (crds: object[]): Resource[] => [
  ...BUILTIN.map(builtin),
  ...crds.map((crd) => custom(crd as Definition)),
];

/** Reviews are answered and not kept. */
export const isReview = ({ kind }: Resource): boolean => kind.startsWith('SelfSubject');

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** As discovery and access rules name them. Definitions are given at start, and only read after that. */
export function verbsOf(resource: Resource): string[] {
  if (isReview(resource)) return ['create'];
  return resource.kind === 'CustomResourceDefinition' ? ['get', 'list', 'watch'] : ALL_VERBS;
}
