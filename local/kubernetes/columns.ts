import { age } from './age.ts';
import { readJsonPath } from './json-path.ts';
import { at, isObject, type JsonObject, type KubeObject } from './kube-object.ts';
import type { PrinterColumn, Resource } from './resources.ts';

export interface Column {
  name: string;
  type: string;
  format?: string;
  priority?: number;
  cell: (object: KubeObject) => unknown;
}

type Row = [name: string, cell: string | ((object: KubeObject) => unknown), priority?: number];

const NAME: Column = { name: 'Name', type: 'string', format: 'name', cell: ({ metadata }) => metadata.name };
const AGE: Row = ['Age', ({ metadata }) => age(metadata.creationTimestamp)];
const CREATED: Row = ['Created At', '.metadata.creationTimestamp'];

const listOf = (object: KubeObject, ...path: string[]) => (at(object, ...path) ?? []) as JsonObject[];
const statuses = (pod: KubeObject) => listOf(pod, 'status', 'containerStatuses');
const size = (data: unknown) => Object.keys((data ?? {}) as object).length;

/** What kubectl's users know of a pod: the reason of whatever keeps it from running, else its phase. */
function podStatus(pod: KubeObject): string {
  if (pod.metadata.deletionTimestamp) return 'Terminating';
  const reasons = statuses(pod).map(({ state }) => at(state, 'waiting', 'reason') ?? at(state, 'terminated', 'reason'));
  return String(reasons.find(Boolean) ?? at(pod, 'status', 'reason') ?? at(pod, 'status', 'phase') ?? 'Unknown');
}

const podReady = (pod: KubeObject) =>
  `${statuses(pod).filter(({ ready }) => ready).length}/${listOf(pod, 'spec', 'containers').length}`;

function jobStatus(job: KubeObject): string {
  const held = listOf(job, 'status', 'conditions').find(({ type }) => type === 'Complete' || type === 'Failed');
  return String(held?.['type'] ?? 'Running');
}

const restarts = (pod: KubeObject) =>
  String(statuses(pod).reduce((sum, one) => sum + Number(one['restartCount'] ?? 0), 0));

const servicePorts = (service: KubeObject) =>
  listOf(service, 'spec', 'ports')
    .map(({ port, protocol }) => `${String(port)}/${String(protocol)}`)
    .join(',') || '<none>';

const readiness = (node: KubeObject) =>
  readJsonPath(node, ".status.conditions[?(@.type=='Ready')].status") === 'True' ? 'Ready' : 'NotReady';

const since = (field: string) => (event: KubeObject) => {
  const time = event[field] ?? event['eventTime'] ?? event.metadata.creationTimestamp;
  return age(typeof time === 'string' ? time : undefined);
};

const subject = (field: string) => (object: KubeObject) =>
  `${String(at(object, field, 'kind'))}/${String(at(object, field, 'name'))}`;

const ROWS: Record<string, Row[]> = {
  Namespace: [['Status', '.status.phase'], AGE],
  Pod: [
    ['Ready', podReady],
    ['Status', podStatus],
    ['Restarts', restarts],
    AGE,
    ['IP', '.status.podIP', 1],
    ['Node', '.spec.nodeName', 1],
    ['Nominated Node', '.status.nominatedNodeName', 1],
    ['Readiness Gates', '.none', 1],
  ],
  Job: [
    ['Status', jobStatus],
    ['Completions', (job) => `${at(job, 'status', 'succeeded') ?? 0}/${at(job, 'spec', 'completions') ?? 1}`],
    AGE,
  ],
  Service: [
    ['Type', '.spec.type'],
    ['Cluster-IP', '.spec.clusterIP'],
    ['External-IP', '.none'],
    ['Port(s)', servicePorts],
    AGE,
  ],
  Node: [['Status', readiness], ['Roles', '.none'], AGE, ['Version', '.status.nodeInfo.kubeletVersion']],
  ConfigMap: [['Data', ({ data }) => size(data)], AGE],
  Secret: [['Type', '.type'], ['Data', ({ data }) => size(data)], AGE],
  Role: [CREATED],
  ClusterRole: [CREATED],
  RoleBinding: [['Role', subject('roleRef')], AGE],
  ClusterRoleBinding: [['Role', subject('roleRef')], AGE],
  CustomResourceDefinition: [CREATED],
  Event: [
    ['Last Seen', since('lastTimestamp')],
    ['Type', '.type'],
    ['Reason', '.reason'],
    ['Object', (event) => subject('involvedObject')(event).replace(/^\w+/, (kind) => kind.toLowerCase())],
    ['Subobject', (event) => at(event, 'involvedObject', 'fieldPath') ?? '', 1],
    ['Source', (event) => at(event, 'source', 'component') ?? '', 1],
    ['Message', ({ message }) => String(message ?? '').trim()],
    ['First Seen', since('firstTimestamp'), 1],
    ['Count', ({ count }) => count ?? 1, 1],
  ],
};

/** The columns that `kubectl get` shows of a kind. */
export function columnsOf({ kind, isCustom, columns }: Resource): Column[] {
  if (isCustom) return [NAME, ...columns.map(customColumn)];
  const rows = (ROWS[kind] ?? [AGE]).map(builtinColumn);
  return kind === 'Event' ? [...rows, { ...NAME, priority: 1 }] : [NAME, ...rows];
}

function builtinColumn([name, cell, priority = 0]: Row): Column {
  const read = (object: KubeObject) => String(readJsonPath(object, String(cell)) ?? '<none>');
  return { name, type: 'string', priority, cell: typeof cell === 'string' ? read : cell };
}

function customColumn({ jsonPath, ...column }: PrinterColumn): Column {
  const cell = (object: KubeObject) => {
    const value = readJsonPath(object, jsonPath) ?? null;
    if (value === null) return null;
    if (column.type === 'date') return age(String(value));
    return column.type !== 'string' ? value : isObject(value) ? JSON.stringify(value) : String(value);
  };
  return { ...column, cell };
}
