import { randomUUID } from 'node:crypto';
import { findFunction, jsonText, type Decision } from './actions.ts';
import type { Clock } from './clock.ts';
import type { DurableOptions, Invocation, Outcome } from './durable.ts';
import { activityFailure } from './failure.ts';
import { EventType, makeEvent, type EventName, type HistoryEvent, type ParentInstance } from './history.ts';
import {
  isOver,
  openStore,
  parentOf,
  type ActivityTask,
  type Instance,
  type Message,
  type Status,
  type Store,
} from './store.ts';
import { decide, orchestratorInput, type Turn } from './turn.ts';

/** What drives orchestrations and activities. */
export interface Engine {
  readonly store: Store;
  /** Begins an orchestration; answers the state of the instance that is in its way, if there is one. */
  start(name: string, id: string, input: string | null, version: string | null): Status | undefined;
  /** Sends an event to an instance. */
  send(id: string, type: EventName, fields: Record<string, unknown>): void;
  close(): void;
}

/** What a turn found when it began, and what it was called with. */
interface Work {
  instance: Instance;
  messages: Message[];
  past: HistoryEvent[];
  fresh: HistoryEvent[];
}

const shortId = (): string => randomUUID().replaceAll('-', '');

/** Opens the engine. Each change is one transaction, and all that is still to be done is found in the store. */
export function openEngine(
  options: DurableOptions & { hubName: string; clock: Clock; maxConcurrentActivities: number },
): Engine {
  const { clock } = options;
  const store = openStore(options.dataDir, options.hubName);
  const busy = new Set<string>();
  const waiting = store.activities();
  let running = 0;
  let isClosed = false;
  let alarm: { at: number; cancel: () => void } | undefined;
  const time = (): number => clock.now().getTime();

  async function call(invocation: Invocation): Promise<Outcome> {
    try {
      return await options.invoke(invocation);
    } catch (error) {
      return asFailure(error);
    }
  }

  /** Takes turns for an instance until it has no message left. Only one of these runs for an instance. */
  async function drive(id: string): Promise<void> {
    if (busy.has(id)) return;
    busy.add(id);
    for (;;) {
      const messages = isClosed ? [] : store.messages(id, time());
      if (messages.length === 0) break;
      const work = prepare(id, messages);
      if (!work) continue;
      const turn = await think(work);
      if (!isClosed) commit(work, turn);
    }
    busy.delete(id);
  }

  /** Gathers what a turn works on; messages that nobody waits for are thrown away. */
  function prepare(id: string, pending: Message[]): Work | undefined {
    const instance = store.instance(id);
    const start = pending.find(({ event }) => event.EventType === EventType.ExecutionStarted);
    const isContinued = start?.isContinued === true;
    // The start comes first; a later generation is called once with nothing else.
    const messages = start ? [start, ...(isContinued ? [] : pending.filter((other) => other !== start))] : pending;
    const fits = ({ executionId }: Message): boolean => executionId === null || executionId === instance?.executionId;
    const incoming = messages.filter(fits).map((message) => message.event);
    if (!instance || isOver(instance.status) || incoming.length === 0) {
      store.remove(messages);
      return undefined;
    }
    const fresh = [makeEvent('OrchestratorStarted', clock.now()), ...incoming];
    if (isContinued) fresh.push(makeEvent('OrchestratorCompleted', clock.now()));
    return { instance, messages, past: store.history(id), fresh };
  }

  async function think({ instance, past, fresh }: Work): Promise<Turn> {
    const history = [...past, ...fresh];
    const input = orchestratorInput(instance, history, past.length > 0);
    const fn = findFunction(options.orchestrators, instance.name);
    const outcome = fn === undefined ? asFailure('') : await call({ function: fn, kind: 'orchestrator', input });
    const answer = (given: Outcome): Turn => decide(instance.name, history, given, options, clock.now());
    try {
      return answer(outcome);
    } catch (error) {
      // A state that makes no sense must not stop the engine.
      return answer(asFailure(error));
    }
  }

  function commit({ instance, messages, past, fresh }: Work, turn: Turn): void {
    const now = clock.now();
    const { id, executionId } = instance;
    const parent = parentOf(instance);
    const scheduled: ActivityTask[] = [];
    const touched: string[] = [];
    store.transaction(() => {
      store.remove(messages);
      if (turn.restart) {
        const next = { ...instance, instanceId: id, executionId: shortId(), parent, generation: null, ...turn.restart };
        store.begin(next, instance.generation, now, true);
        return;
      }
      store.append(id, past.length, [...fresh.map(asPlayed), ...turn.events]);
      store.update({ ...instance, ...turn, updatedAt: now.getTime() });
      for (const decision of turn.decisions) {
        const { event, input = null, fireAt } = decision;
        const task = { instanceId: id, executionId, taskId: event.EventId, name: event['Name'] as string, input };
        if (event.EventType === EventType.TaskScheduled) scheduled.push(store.schedule(task));
        else if (fireAt === undefined) touched.push(beginChild(instance, decision, now));
        else store.post(id, executionId, timerFired(event, now), fireAt);
      }
      if (parent && isOver(turn.status)) touched.push(tellParent(parent, turn, now));
    });
    setAlarm();
    waiting.push(...scheduled);
    startActivities();
    for (const other of touched) void drive(other);
  }

  /** A child whose id is in use by a running instance is not begun; its parent waits for ever, as it does in Azure. */
  function beginChild({ id, executionId, name }: Instance, { event, input = null }: Decision, now: Date): string {
    const instanceId = event['InstanceId'] as string;
    const inTheWay = store.instance(instanceId);
    if (inTheWay && !isOver(inTheWay.status)) return instanceId;
    const OrchestrationInstance = { InstanceId: id, ExecutionId: executionId };
    const parent = { Name: name, OrchestrationInstance, TaskScheduleId: event.EventId, Version: null };
    const child = { name: event['Name'] as string, version: event['Version'] as string | null };
    store.begin({ ...child, instanceId, executionId: shortId(), input, parent, generation: null }, 0, now);
    return instanceId;
  }

  function tellParent(
    { OrchestrationInstance: parent, TaskScheduleId }: ParentInstance,
    turn: Turn,
    now: Date,
  ): string {
    const { output, details = null } = turn;
    const event =
      turn.status === 'Completed'
        ? makeEvent('SubOrchestrationInstanceCompleted', now, { TaskScheduledId: TaskScheduleId, Result: output })
        : makeEvent('SubOrchestrationInstanceFailed', now, {
            ...{ TaskScheduledId: TaskScheduleId, Reason: output, Details: details, FailureDetails: null },
          });
    store.post(parent.InstanceId, parent.ExecutionId, event, now.getTime());
    return parent.InstanceId;
  }

  function startActivities(): void {
    while (running < options.maxConcurrentActivities && !isClosed) {
      const task = waiting.shift();
      if (!task) return;
      running++;
      void runActivity(task);
    }
  }

  async function runActivity(task: ActivityTask): Promise<void> {
    const outcome = await call({ function: task.name, kind: 'activity', input: activityInput(task.input) });
    running--;
    if (isClosed) return;
    const now = clock.now();
    store.transaction(() => {
      // The instance may have been begun anew or purged meanwhile.
      if (store.finish(task)) store.post(task.instanceId, task.executionId, ended(task, outcome, now), now.getTime());
    });
    void drive(task.instanceId);
    startActivities();
  }

  function setAlarm(now = time()): void {
    const at = isClosed ? undefined : store.nextDue(now);
    if (at === alarm?.at) return;
    alarm?.cancel();
    alarm = at === undefined ? undefined : { at, cancel: clock.wake(new Date(at), ring) };
  }

  function ring(): void {
    alarm = undefined;
    // One reading of the clock for both: what comes due between two readings would be missed.
    const now = time();
    for (const id of store.due(now)) void drive(id);
    setAlarm(now);
  }

  startActivities();
  ring();

  return {
    store,
    start(name, id, input, version) {
      const inTheWay = store.instance(id);
      if (inTheWay && !isOver(inTheWay.status)) return inTheWay.status;
      const generation = inTheWay ? inTheWay.generation + 1 : 0;
      const start = { instanceId: id, executionId: randomUUID(), name, version, input, parent: null, generation };
      store.transaction(() => {
        store.begin(start, generation, clock.now());
      });
      void drive(id);
      return undefined;
    },
    send(id, type, fields) {
      store.post(id, null, makeEvent(type, clock.now(), fields), time());
      void drive(id);
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      alarm?.cancel();
      store.close();
    },
  };
}

/** An error in the words of the host. */
function asFailure(error: unknown): Outcome {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { ok: false, error: `Result: Failure\nException: ${message}\nStack: ${stack}` };
}

/** Events are marked as played once they have been acted on; the one that opens a turn never is. */
const asPlayed = (event: HistoryEvent): HistoryEvent =>
  event.EventType === EventType.OrchestratorStarted ? event : { ...event, IsPlayed: true };

const timerFired = (created: HistoryEvent, now: Date): HistoryEvent =>
  makeEvent('TimerFired', now, { TimerId: created.EventId, FireAt: created['FireAt'] });

/** An activity's input as the extension hands it over: booleans become text. */
function activityInput(input: string | null): unknown {
  const value = input === null ? null : (JSON.parse(input) as unknown);
  if (typeof value !== 'boolean') return value;
  return value ? 'True' : 'False';
}

function ended({ taskId: TaskScheduledId, name }: ActivityTask, outcome: Outcome, now: Date): HistoryEvent {
  return outcome.ok
    ? makeEvent('TaskCompleted', now, { TaskScheduledId, Result: jsonText(outcome.value) })
    : makeEvent('TaskFailed', now, { TaskScheduledId, ...activityFailure(name, outcome.error) });
}
