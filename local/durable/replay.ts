import type { Action, Decision, Functions } from './actions.ts';
import { begin, Refusal, type Scheduler } from './begin.ts';
import { EventType, type HistoryEvent } from './history.ts';
import { mismatch } from './nondeterminism.ts';
import { Task } from './task.ts';

/**
 * Goes through a history with the actions that an orchestrator has listed so far as the real extension does: one action
 * after the other, each begun when the one before has ended. The numbers of tasks follow from that order.
 */
export class Replay implements Scheduler {
  readonly functions: Functions;
  executionId = '';
  now = 0;
  continueAsNew?: { input: string | null };
  /** Every action has been begun and waited for. */
  isThrough = false;
  isSuspended = false;
  isTerminated = false;
  /** The reason of a termination or a suspension. */
  reason: string | null = null;
  /** Why an action cannot be carried out. */
  refusal: string | undefined;
  /** What in the history does not fit the actions. */
  nondeterminism: string | undefined;
  private readonly actions: Action[];
  private nextAction = 0;
  private nextId = 0;
  private held: HistoryEvent[] = [];
  private readonly undecided = new Map<number, Decision>();
  private readonly open = new Map<number, Task>();
  private readonly abandoned = new Set<number>();
  private readonly waits = new Map<string, Task[]>();
  private readonly unread = new Map<string, number>();

  constructor(actions: Action[], history: HistoryEvent[], functions: Functions) {
    this.actions = actions;
    this.functions = functions;
    for (const event of history) if (this.nondeterminism === undefined) this.take(event);
  }

  /** What is to be scheduled now; when an orchestration is suspended, that waits until it goes on. */
  get decisions(): Decision[] {
    return this.isSuspended ? [] : [...this.undecided.values()];
  }

  /** Tells whether activities, timers or sub-orchestrations have not ended. */
  get hasOpenTasks(): boolean {
    return [...this.open.keys()].some((id) => !this.abandoned.has(id));
  }

  private take(event: HistoryEvent): void {
    const getsThrough = [EventType.ExecutionResumed, EventType.ExecutionTerminated].some(
      (type) => type === event.EventType,
    );
    if (this.isSuspended && !getsThrough) this.held.push(event);
    else this.process(event);
  }

  private process(event: HistoryEvent): void {
    switch (event.EventType) {
      case EventType.OrchestratorStarted:
        this.now = Date.parse(event.Timestamp);
        return;
      case EventType.ExecutionStarted:
        this.executionId = (event['OrchestrationInstance'] as { ExecutionId: string }).ExecutionId;
        this.proceed();
        return;
      case EventType.TaskScheduled:
      case EventType.TimerCreated:
      case EventType.SubOrchestrationInstanceCreated:
        this.nondeterminism = mismatch(event, this.undecided.get(event.EventId)?.event);
        if (this.nondeterminism === undefined) this.undecided.delete(event.EventId);
        return;
      case EventType.TaskCompleted:
      case EventType.SubOrchestrationInstanceCompleted:
        this.end(event['TaskScheduledId'], false);
        return;
      case EventType.TaskFailed:
      case EventType.SubOrchestrationInstanceFailed:
        this.end(event['TaskScheduledId'], true);
        return;
      case EventType.TimerFired:
        this.end(event['TimerId'], false);
        return;
      case EventType.EventRaised:
        this.raise(event['Name'] as string);
        return;
      case EventType.ExecutionTerminated:
        Object.assign(this, { isTerminated: true, reason: event['Input'] });
        return;
      case EventType.ExecutionSuspended:
        Object.assign(this, { isSuspended: true, reason: event['Reason'] });
        return;
      case EventType.ExecutionResumed:
        this.resume();
        return;
      default:
    }
  }

  private resume(): void {
    const events = this.held;
    Object.assign(this, { isSuspended: false, held: [] });
    for (const event of events) this.take(event);
  }

  /** Begins actions until one has to be waited for. */
  private proceed(): void {
    try {
      while (this.nextAction < this.actions.length) {
        const task = begin(this.actions[this.nextAction++] as Action, this);
        if (task.isOver) continue;
        task.onEnd(() => {
          this.proceed();
        });
        return;
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refusal = error.message;
    }
    this.isThrough = true;
  }

  schedule(make: (id: number) => Decision): { id: number; task: Task } {
    const id = this.nextId++;
    const task = new Task();
    this.undecided.set(id, make(id));
    this.open.set(id, task);
    return { id, task };
  }

  abandon(id: number): void {
    this.abandoned.add(id);
  }

  /** Events that came before are taken first come, first served; of several waits the latest gets the next event. */
  waitFor(name: string): Task {
    const task = new Task();
    const unread = this.unread.get(name) ?? 0;
    if (unread > 0) {
      this.unread.set(name, unread - 1);
      task.end();
    } else {
      this.waits.set(name, [...(this.waits.get(name) ?? []), task]);
    }
    return task;
  }

  private raise(name: string): void {
    const latest = this.waits.get(name)?.pop();
    if (latest) latest.end();
    else this.unread.set(name, (this.unread.get(name) ?? 0) + 1);
  }

  private end(id: unknown, hasFailed: boolean): void {
    const task = this.open.get(id as number);
    this.open.delete(id as number);
    task?.end(hasFailed);
  }
}
