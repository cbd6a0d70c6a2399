import { EventType, type HistoryEvent } from './history.ts';
import type { Instance } from './store.ts';

/** Which parts of a status to show. */
export interface StatusOptions {
  showInput: boolean;
  showHistoryOutput: boolean;
}

type Fields = Record<string, unknown>;

const HIDDEN = new Set([
  'EventType',
  'EventId',
  'IsPlayed',
  'TaskScheduledId',
  'TimerId',
  'OrchestrationInstance',
  'ParentInstance',
  'Version',
]);
const NAMES = new Map<number, string>(Object.entries(EventType).map(([name, number]) => [number, name]));
const ENDINGS: number[] = [
  EventType.TaskCompleted,
  EventType.TaskFailed,
  EventType.SubOrchestrationInstanceCompleted,
  EventType.SubOrchestrationInstanceFailed,
];

/** The value of a JSON text; what is no JSON is a text. */
export function parseIfJson(text: string | null): unknown {
  try {
    return text === null ? null : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}

/** The body of a status request; `history` makes its event list. */
export function statusBody(instance: Instance, options: StatusOptions, history?: HistoryEvent[]): Fields {
  const seconds = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    name: instance.name,
    instanceId: instance.id,
    runtimeStatus: instance.status,
    input: options.showInput ? parseIfJson(instance.input) : null,
    customStatus: parseIfJson(instance.customStatus),
    output: parseIfJson(instance.output),
    createdTime: seconds(instance.createdAt),
    lastUpdatedTime: seconds(instance.updatedAt),
    ...(history ? { historyEvents: historyEvents(history, options.showHistoryOutput) } : {}),
  };
}

/** Events that schedule something are told of in the event that ends it, and only shown while there is none. */
function historyEvents(history: HistoryEvent[], showOutput: boolean): Fields[] {
  const endingOf = new Set(history.filter(isEnding).map((event) => event['TaskScheduledId']));
  const isSettled = (event: HistoryEvent): boolean => isScheduling(event) && endingOf.has(event.EventId);
  const isTurn = ({ EventType: type }: HistoryEvent): boolean =>
    type === EventType.OrchestratorStarted || type === EventType.OrchestratorCompleted;
  const scheduling = new Map(history.filter(isScheduling).map((event) => [event.EventId, event]));
  return history
    .filter((event) => !isTurn(event) && !isSettled(event))
    .map((event) =>
      viewOf(event, isEnding(event) ? scheduling.get(event['TaskScheduledId'] as number) : undefined, showOutput),
    );
}

const isEnding = (event: HistoryEvent): boolean => ENDINGS.includes(event.EventType);

const isScheduling = ({ EventType: type }: HistoryEvent): boolean =>
  type === EventType.TaskScheduled || type === EventType.SubOrchestrationInstanceCreated;

function viewOf(event: HistoryEvent, scheduled: HistoryEvent | undefined, showOutput: boolean): Fields {
  const { Result, ...shown } = Object.fromEntries(Object.entries(event).filter(([key]) => !HIDDEN.has(key)));
  const view: Fields = { EventType: NAMES.get(event.EventType), ...shown };
  if ('Result' in event && showOutput) view['Result'] = parseIfJson(Result as string | null);
  if (event.EventType === EventType.ExecutionStarted) {
    delete view['Name'];
    delete view['Tags'];
    view['FunctionName'] = event['Name'];
  }
  if (scheduled) {
    view['ScheduledTime'] = scheduled.Timestamp.replace(/Z$/, '+00:00');
    view['FunctionName'] = scheduled['Name'];
    if (scheduled['InstanceId'] !== undefined) view['InstanceId'] = scheduled['InstanceId'];
    view['Input'] = null;
  }
  return view;
}
