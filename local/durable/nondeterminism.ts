import { EventType, type HistoryEvent } from './history.ts';

const WORDS: Record<number, [task: string, action: string]> = {
  [EventType.TaskScheduled]: ['an activity', 'ScheduleTaskOrchestratorAction'],
  [EventType.TimerCreated]: ['a timer', 'CreateTimerOrchestratorAction'],
  [EventType.SubOrchestrationInstanceCreated]: ['a sub-orchestration', 'CreateSubOrchestrationAction'],
};

/** What does not fit between a recorded scheduling and a replayed one, in the words of DurableTask.Core; undefined if all does. */
export function mismatch(recorded: HistoryEvent, replayed: HistoryEvent | undefined): string | undefined {
  const { EventType: type, Name: name } = recorded;
  if (replayed?.EventType === type && replayed['Name'] === name) return undefined;
  const [task] = WORDS[type] ?? [];
  const named = name === undefined ? 'named' : `named '${String(name)}',`;
  let now = "replay execution hasn't (yet?) scheduled this task.";
  if (replayed) now = `orchestration replay instead ${produced(replayed, type)} with this sequence number.`;
  return (
    `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled ${task} task with sequence number ` +
    `${recorded.EventId} ${named} but the current ${now} Was a change made to the orchestrator code after this instance had already started running?`
  );
}

function produced({ EventType: type, Name: name }: HistoryEvent, recordedType: number): string {
  const [task, action] = WORDS[type] ?? [];
  return type === recordedType ? `scheduled ${task} task named '${String(name)}'` : `produced a ${action} action`;
}
