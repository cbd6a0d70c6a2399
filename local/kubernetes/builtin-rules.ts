import { isDeepStrictEqual } from 'node:util';
import { at, isObject, type JsonObject, type KubeObject } from './kube-object.ts';
import { cause, type Cause } from './status-error.ts';

interface Rules {
  /** Defaults that depend on other fields: whoever writes the object owns them. */
  preset?: (object: KubeObject) => void;
  /** What the server itself adds, owned by nobody. */
  complete?: (object: KubeObject) => void;
  check?: (object: KubeObject, live?: KubeObject) => Cause[];
}

type Fields = Record<string, unknown>;

const fieldsOf = (object: KubeObject, field: string) => (object[field] ??= {}) as Fields;
const listOf = (value: unknown) => (Array.isArray(value) ? (value as Fields[]) : []);

const containersOf = (pod: KubeObject) => [
  ...listOf(at(pod, 'spec', 'containers')),
  ...listOf(at(pod, 'spec', 'initContainers')),
];

function presetPod(pod: KubeObject): void {
  for (const container of containersOf(pod)) {
    const image = String(container['image'] ?? '');
    const isLatest = !image.includes('@') && (image.endsWith(':latest') || !/:[^/]*$/.test(image));
    container['imagePullPolicy'] ??= isLatest ? 'Always' : 'IfNotPresent';
  }
}

function completePod(pod: KubeObject): void {
  const spec = fieldsOf(pod, 'spec');
  spec['serviceAccountName'] ??= 'default';
  spec['serviceAccount'] ??= spec['serviceAccountName'];
  spec['priority'] ??= 0;
  spec['preemptionPolicy'] ??= 'PreemptLowerPriority';
  const status = fieldsOf(pod, 'status');
  status['phase'] ??= 'Pending';
  const isSized = containersOf(pod).some(({ resources }) => isObject(resources) && Object.keys(resources).length > 0);
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

function presetService(service: KubeObject): void {
  for (const port of listOf(at(service, 'spec', 'ports'))) port['targetPort'] ??= port['port'];
}

function completeService(service: KubeObject): void {
  const spec = fieldsOf(service, 'spec');
  // Nothing routes to it; clients only look whether there is one.
  const random = () => Math.floor(Math.random() * 254) + 1;
  spec['clusterIP'] ??= `10.96.${random()}.${random()}`;
  spec['clusterIPs'] ??= [spec['clusterIP']];
  spec['ipFamilies'] ??= ['IPv4'];
  spec['ipFamilyPolicy'] ??= 'SingleStack';
}

const checkPort = (fields: Fields, i: number): Cause[] =>
  ['port', 'targetPort']
    .filter((field) => typeof fields[field] === 'number' && (fields[field] < 1 || fields[field] > 65535))
    .map((field) =>
      cause.invalid(`spec.ports[${i}].${field}`, fields[field], 'must be between 1 and 65535, inclusive'),
    );

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

/** A Job finds its pods by labels that the server gives to their template. */
function completeJob(job: KubeObject): void {
  const { uid, name } = job.metadata;
  const template = fieldsOf(job, 'spec')['template'] as KubeObject | undefined;
  if (!isObject(template)) return;
  const metadata = (template.metadata ??= {} as KubeObject['metadata']);
  metadata.labels = {
    ...metadata.labels,
    'batch.kubernetes.io/controller-uid': uid ?? '',
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid ?? '',
    'job-name': name,
  };
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  fieldsOf(job, 'spec')['selector'] ??= selector;
}

function checkJob(job: KubeObject, live?: KubeObject): Cause[] {
  const policy = at(job, 'spec', 'template', 'spec', 'restartPolicy');
  const isForEver = policy === undefined || policy === 'Always';
  const template = at(job, 'spec', 'template');
  const isFixed = !live || isDeepStrictEqual(at(live, 'spec', 'template'), template);
  return [
    ...(isForEver ? [cause.required('spec.template.spec.restartPolicy', 'valid values: "OnFailure", "Never"')] : []),
    ...(isFixed ? [] : [cause.invalid('spec.template', template, 'field is immutable')]),
  ];
}

const RULES: Record<string, Rules> = {
  Namespace: {
    preset: (object) => {
      object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
    },
    complete: (object) => {
      fieldsOf(object, 'spec')['finalizers'] ??= ['kubernetes'];
      fieldsOf(object, 'status')['phase'] ??= 'Active';
    },
  },
  Pod: {
    preset: presetPod,
    complete: completePod,
    check: (pod, live) => {
      if (listOf(at(pod, 'spec', 'containers')).length === 0) return [cause.required('spec.containers')];
      const isFixed = !live || isDeepStrictEqual(fixedPart(live), fixedPart(pod));
      return isFixed ? [] : [cause.forbidden('spec', MUTABLE)];
    },
  },
  Service: {
    preset: presetService,
    complete: completeService,
    check: (service) => listOf(at(service, 'spec', 'ports')).flatMap(checkPort),
  },
  ConfigMap: { check: checkData },
  Secret: { preset: encodeStringData, check: checkData },
  Event: {
    complete: (event) => {
      event['eventTime'] ??= null;
      event['reportingComponent'] ??= '';
      event['reportingInstance'] ??= '';
    },
    check: (event) => {
      const namespace = at(event, 'involvedObject', 'namespace');
      const isOther = namespace !== undefined && namespace !== event.metadata.namespace;
      return isOther ? [cause.invalid('involvedObject.namespace', namespace, 'does not match event.namespace')] : [];
    },
  },
  Job: { complete: completeJob, check: checkJob },
  RoleBinding: { check: checkRoleRef },
  ClusterRoleBinding: { check: checkRoleRef },
};

/** What the real server does for a built-in kind in code of its own. */
export const builtinRules = (kind: string): Rules => RULES[kind] ?? {};
