import { age } from './age.ts';
import { at, type KubeObject } from './kube-object.ts';

export interface Column {
  name: string;
  type: string;
  format?: string;
  priority?: number;
  cell: (object: KubeObject) => unknown;
}

/** The first column of every table. */
export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  cell: ({ metadata }) => metadata.name,
};

type Fields = Record<string, unknown>;

const column = (name: string, cell: Column['cell'], priority = 0, type = 'string'): Column => ({
  name,
  type,
  priority,
  cell,
});
const listOf = (object: KubeObject, ...path: string[]) => (at(object, ...path) ?? []) as Fields[];
const textOf =
  (...path: string[]) =>
  (object: KubeObject) =>
    String(at(object, ...path) ?? '<none>');
const sizeOf = (field: string) => (object: KubeObject) => Object.keys((object[field] ?? {}) as object).length;
const created: Column = column('Age', ({ metadata }) => age(metadata.creationTimestamp));

/** What kubectl's users know of a pod: the reason of whatever keeps it from running, else its phase. */
function podStatus(pod: KubeObject): string {
  if (pod.metadata.deletionTimestamp) return 'Terminating';
  const states = listOf(pod, 'status', 'containerStatuses').map(({ state }) => state);
  const reason = states
    .map((state) => at(state, 'waiting', 'reason') ?? at(state, 'terminated', 'reason'))
    .find(Boolean);
  return String(reason ?? at(pod, 'status', 'reason') ?? at(pod, 'status', 'phase') ?? 'Unknown');
}

function podReady(pod: KubeObject): string {
  const ready = listOf(pod, 'status', 'containerStatuses').filter((status) => status['ready'] === true);
  return `${ready.length}/${listOf(pod, 'spec', 'containers').length}`;
}

const restarts = (pod: KubeObject) =>
  String(
    listOf(pod, 'status', 'containerStatuses').reduce((sum, status) => sum + Number(status['restartCount'] ?? 0), 0),
  );

const servicePorts = (service: KubeObject) =>
  listOf(service, 'spec', 'ports')
    .map(({ port, protocol }) => `${String(port)}/${String(protocol)}`)
    .join(',') || '<none>';

function eventTime(event: KubeObject, field: string): string {
  const time = event[field] ?? event['eventTime'] ?? event.metadata.creationTimestamp;
  return age(typeof time === 'string' ? time : undefined);
}

const isReady = (node: KubeObject) =>
  listOf(node, 'status', 'conditions').some(({ type, status }) => type === 'Ready' && status === 'True');

const COLUMNS: Record<string, Column[]> = {
  Namespace: [column('Status', textOf('status', 'phase')), created],
  Pod: [
    column('Ready', podReady),
    column('Status', podStatus),
    column('Restarts', restarts),
    created,
    column('IP', textOf('status', 'podIP'), 1),
    column('Node', textOf('spec', 'nodeName'), 1),
    column('Nominated Node', textOf('status', 'nominatedNodeName'), 1),
    column('Readiness Gates', () => '<none>', 1),
  ],
  Service: [
    column('Type', textOf('spec', 'type')),
    column('Cluster-IP', textOf('spec', 'clusterIP')),
    column('External-IP', () => '<none>'),
    column('Port(s)', servicePorts),
    created,
  ],
  Node: [
    column('Status', (node) => (isReady(node) ? 'Ready' : 'NotReady')),
    column('Roles', () => '<none>'),
    created,
    column('Version', textOf('status', 'nodeInfo', 'kubeletVersion')),
  ],
  ConfigMap: [column('Data', sizeOf('data')), created],
  Secret: [column('Type', textOf('type')), column('Data', sizeOf('data')), created],
  Role: [column('Created At', ({ metadata }) => metadata.creationTimestamp)],
  RoleBinding: [
    column('Role', (object) => `${textOf('roleRef', 'kind')(object)}/${textOf('roleRef', 'name')(object)}`),
    created,
  ],
  CustomResourceDefinition: [column('Created At', ({ metadata }) => metadata.creationTimestamp)],
};
COLUMNS['ClusterRole'] = COLUMNS['Role'] ?? [];
COLUMNS['ClusterRoleBinding'] = COLUMNS['RoleBinding'] ?? [];

const EVENT: Column[] = [
  column('Last Seen', (event) => eventTime(event, 'lastTimestamp')),
  column('Type', textOf('type')),
  column('Reason', textOf('reason')),
  column(
    'Object',
    (event) => `${textOf('involvedObject', 'kind')(event).toLowerCase()}/${textOf('involvedObject', 'name')(event)}`,
  ),
  column('Subobject', (event) => at(event, 'involvedObject', 'fieldPath') ?? '', 1),
  column('Source', (event) => at(event, 'source', 'component') ?? '', 1),
  column('Message', (event) => String(event['message'] ?? '').trim()),
  column('First Seen', (event) => eventTime(event, 'firstTimestamp'), 1),
  column('Count', (event) => event['count'] ?? 1, 1),
  { ...nameColumn, priority: 1 },
];

/** The columns of a built-in kind. */
export const builtinColumns = (kind: string): Column[] =>
  kind === 'Event' ? EVENT : [nameColumn, ...(COLUMNS[kind] ?? [created])];
