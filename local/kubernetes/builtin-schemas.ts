import type { Schema } from './schema.ts';

const text: Schema = { type: 'string' };
const texts: Schema = { type: 'object', additionalProperties: text };
const open = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  'x-kubernetes-preserve-unknown-fields': true,
  properties,
  ...more,
});
const preset = (value: unknown): Schema => ({ default: value });
const listBy = (keys: string[], items: Schema = open({})): Schema => ({
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
  items,
});
/** Owned as one value. */
const whole = open({}, { 'x-kubernetes-map-type': 'atomic' });
const byName = listBy(['name']);
const conditions = listBy(['type']);

/** What every object's metadata looks like to server-side apply. */
export const metadataSchema: Schema = open({
  labels: texts,
  annotations: texts,
  ownerReferences: listBy(['uid'], whole),
  finalizers: { type: 'array', 'x-kubernetes-list-type': 'set', items: text },
});

const container = open(
  {
    name: text,
    image: text,
    command: { type: 'array', items: text },
    args: { type: 'array', items: text },
    env: listBy(['name'], open({ value: text }, { required: ['name'] })),
    ports: listBy(['containerPort', 'protocol'], open({ protocol: preset('TCP') })),
    volumeMounts: listBy(['mountPath']),
    resources: preset({}),
    terminationMessagePath: preset('/dev/termination-log'),
    terminationMessagePolicy: preset('File'),
  },
  { required: ['name'] },
);

const podSpec = open({
  containers: listBy(['name'], container),
  initContainers: listBy(['name'], container),
  volumes: byName,
  imagePullSecrets: byName,
  restartPolicy: { ...preset('Always'), enum: ['Always', 'OnFailure', 'Never'] },
  terminationGracePeriodSeconds: preset(30),
  dnsPolicy: preset('ClusterFirst'),
  securityContext: preset({}),
  schedulerName: preset('default-scheduler'),
  enableServiceLinks: preset(true),
});

const servicePorts = listBy(
  ['port', 'protocol'],
  open({ port: { type: 'integer' }, protocol: preset('TCP') }, { required: ['port'] }),
);

const fields: Record<string, Record<string, Schema>> = {
  Namespace: { status: open({ conditions }) },
  Pod: { spec: podSpec, status: open({ conditions, podIPs: listBy(['ip']) }) },
  Service: {
    spec: open({
      ports: servicePorts,
      selector: { ...texts, 'x-kubernetes-map-type': 'atomic' },
      type: preset('ClusterIP'),
      sessionAffinity: preset('None'),
      internalTrafficPolicy: preset('Cluster'),
    }),
    status: open({ loadBalancer: preset({}), conditions }, preset({})),
  },
  ConfigMap: { data: texts, binaryData: texts },
  Secret: { data: texts, type: { ...text, default: 'Opaque' } },
  ServiceAccount: { secrets: byName },
  Node: { spec: open({}, preset({})), status: open({ conditions, addresses: listBy(['type']) }) },
  Event: {
    involvedObject: whole,
    eventTime: preset(null),
    reportingComponent: preset(''),
    reportingInstance: preset(''),
  },
  RoleBinding: { roleRef: whole },
  ClusterRoleBinding: { roleRef: whole },
  Job: {
    spec: open(
      {
        parallelism: preset(1),
        completions: preset(1),
        backoffLimit: preset(6),
        completionMode: preset('NonIndexed'),
        suspend: preset(false),
        podReplacementPolicy: preset('TerminatingOrFailed'),
        template: open({ metadata: open({ labels: texts }), spec: podSpec }, { required: ['spec'] }),
      },
      { required: ['template'] },
    ),
    status: open({ conditions }),
  },
};

/** A schema for a built-in kind: the lists that merge by key, the types that matter here, and the defaults. */
export const builtinSchema = (kind: string): Schema => open({ metadata: metadataSchema, ...fields[kind] });
