import { isDeepStrictEqual } from 'node:util';
import { at, isObject, type JsonObject, type KubeObject } from './kube-object.ts';
import { cause, type Cause } from './status-error.ts';

interface Rules {
  /** Fills in what the real server fills in, beyond plain defaults. */
  complete?: (object: KubeObject) => void;
  check?: (object: KubeObject, live?: KubeObject) => Cause[];
}

type Fields = Record<string, unknown>;

const fieldsOf = (object: KubeObject, field: string) => (object[field] ??= {}) as Fields;
const listOf = (value: unknown) => (Array.isArray(value) ? (value as Fields[]) : []);

function completePod(pod: KubeObject): void {
  const spec = fieldsOf(pod, 'spec');
  spec['serviceAccount'] ??= spec['serviceAccountName'];
  const containers = [...listOf(spec['containers']), ...listOf(spec['initContainers'])];
  for (const container of containers) {
    const image = String(container['image'] ?? '');
    const isLatest = !image.includes('@') && (image.endsWith(':latest') || !/:[^/]*$/.test(image));
    container['imagePullPolicy'] ??= isLatest ? 'Always' : 'IfNotPresent';
  }
  const status = fieldsOf(pod, 'status');
  status['phase'] ??= 'Pending';
  const isSized = containers.some(({ resources }) => isObject(resources) && Object.keys(resources).length > 0);
  status['qosClass'] ??= isSized ? 'Burstable' : 'BestEffort';
}

const MUTABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function fixedPart(pod: KubeObject): JsonObject {
  const { containers, initContainers, ...rest } = fieldsOf(structuredClone(pod), 'spec');
  for (const field of ['activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds'])
    Reflect.deleteProperty(rest, field);
  const fixed = (list: unknown) => listOf(list).map((container) => ({ ...container, image: '' }));
  return { ...rest, containers: fixed(containers), initContainers: fixed(initContainers) };
}

function completeService(service: KubeObject): void {
  const spec = fieldsOf(service, 'spec');
  for (const port of listOf(spec['ports'])) port['targetPort'] ??= port['port'];
  // Nothing routes to it; clients only look whether there is one.
  const random = () => Math.floor(Math.random() * 254) + 1;
  spec['clusterIP'] ??= `10.96.${random()}.${random()}`;
  spec['clusterIPs'] ??= [spec['clusterIP']];
  spec['ipFamilies'] ??= ['IPv4'];
  spec['ipFamilyPolicy'] ??= 'SingleStack';
}

const KEY_TEXT =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
/** 1 MiB: kubernetes.io/docs/concepts/configuration/configmap. */
const DATA_LIMIT = 1_048_576;

function checkData(object: KubeObject, live?: KubeObject): Cause[] {
  const data = Object.entries((object['data'] ?? {}) as Record<string, string>);
  const bad = data.filter(([key]) => !/^[-._a-zA-Z0-9]+$/.test(key));
  const size = data.reduce((sum, [, value]) => sum + value.length, 0);
  const isFrozen = live?.['immutable'] === true && !isDeepStrictEqual(live['data'], object['data']);
  return [
    ...bad.map(([key]) => cause.invalid(`data[${key}]`, key, KEY_TEXT)),
    ...(size > DATA_LIMIT ? [cause.tooLong(object.kind === 'ConfigMap' ? '[]' : 'data', DATA_LIMIT)] : []),
    ...(isFrozen ? [cause.forbidden('data', 'field is immutable when `immutable` is set')] : []),
  ];
}

function checkRoleRef(object: KubeObject, live?: KubeObject): Cause[] {
  if (!live || isDeepStrictEqual(live['roleRef'], object['roleRef'])) return [];
  const [APIGroup, Kind, Name] = ['apiGroup', 'kind', 'name'].map((field) => at(object, 'roleRef', field));
  return [cause.invalid('roleRef', { APIGroup, Kind, Name }, 'cannot change roleRef')];
}

function encodeStringData(secret: KubeObject): void {
  for (const [key, value] of Object.entries((secret['stringData'] ?? {}) as Record<string, string>))
    fieldsOf(secret, 'data')[key] = Buffer.from(value).toString('base64');
  Reflect.deleteProperty(secret, 'stringData');
}

const RULES: Record<string, Rules> = {
  Namespace: {
    complete: (object) => {
      object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
      fieldsOf(object, 'status')['phase'] ??= 'Active';
    },
  },
  Pod: {
    complete: completePod,
    check: (pod, live) => {
      if (listOf(at(pod, 'spec', 'containers')).length === 0) return [cause.required('spec.containers')];
      const isFixed = !live || isDeepStrictEqual(fixedPart(live), fixedPart(pod));
      return isFixed ? [] : [cause.forbidden('spec', MUTABLE)];
    },
  },
  Service: {
    complete: completeService,
    check: (service) =>
      listOf(at(service, 'spec', 'ports')).flatMap(({ targetPort }, i) =>
        typeof targetPort === 'number' && (targetPort < 1 || targetPort > 65535)
          ? [cause.invalid(`spec.ports[${i}].targetPort`, targetPort, 'must be between 1 and 65535, inclusive')]
          : [],
      ),
  },
  ConfigMap: { check: checkData },
  Secret: { complete: encodeStringData, check: checkData },
  Event: {
    check: (event) => {
      const namespace = at(event, 'involvedObject', 'namespace');
      const isOther = namespace !== undefined && namespace !== event.metadata.namespace;
      return isOther ? [cause.invalid('involvedObject.namespace', namespace, 'does not match event.namespace')] : [];
    },
  },
  RoleBinding: { check: checkRoleRef },
  ClusterRoleBinding: { check: checkRoleRef },
};

/** What the real server does for a built-in kind in code of its own. */
export const builtinRules = (kind: string): Rules => RULES[kind] ?? {};
