import { path } from '../connect/api.ts';
import type { Run, RunLog, SourceLog } from '../connect/api-types.ts';
import { ApiError, EXIT } from '../cli-error.ts';
import { beyond, logLines } from '../format/log.ts';
import { oneLine } from '../format/text.ts';
import { patiently } from '../connect/patience.ts';
import { readLog } from './run-log.ts';
import { isOver } from './run-status.ts';
import type { Session } from '../session.ts';

const STAGES = ['process', 'train'];

/** Follows the log of one stage, or of one stage after the other, to its end; answers the exit code. */
export async function followLogs(
  session: Session,
  runId: string,
  { stage, attempt }: { stage: string | undefined; attempt: number | undefined },
): Promise<number> {
  const { show } = session;
  const stages = stage === undefined ? STAGES : [stage];
  let printed = false;
  for (const name of stages) {
    if (stages.length > 1) show.line(`— ${name}`);
    printed = (await followStage(session, runId, name, attempt)) || printed;
  }
  if (printed) return EXIT.good;
  show.line(`No job of ${oneLine(runId)} has left a log.`);
  return EXIT.failed;
}

/** Prints the log of one stage as it grows; answers whether there was any. */
async function followStage(session: Session, runId: string, stage: string, attempt?: number): Promise<boolean> {
  const { api, show, pause } = session;
  const seen = new Map<string, string[]>();
  let current = attempt;
  for (;;) {
    const run = await patiently(session, () => api.get<Run>(path`runs/${runId}`));
    const log = await patiently(session, () => present(readLog(api, runId, stage, attempt)));
    if (log) {
      // The job was tried again: its pods are others, also where their names are not.
      if (log.attempt !== current) seen.clear();
      current = log.attempt;
      print(session, { stage, attempt: log.attempt }, log, seen);
    } else show.now(`waiting for the log of ${stage}`);
    if (log ? !log.live && isPast(run, stage) : isOver(run) || isPast(run, stage)) return log !== undefined;
    await pause();
  }
}

/** Prints what a log has beyond what was printed of it; `of` says whose it is. */
export function print(
  { show }: Session,
  of: object,
  log: Pick<RunLog | SourceLog, 'pods'>,
  seen: Map<string, string[]>,
): void {
  const pods = log.pods.map(({ pod, lines }) => {
    const news = beyond(seen.get(pod) ?? [], lines);
    if (lines.length > 0) seen.set(pod, lines);
    return { pod, lines: news.isGap ? ['… (lines are left out here)', ...news.lines] : news.lines };
  });
  if (pods.every(({ lines }) => lines.length === 0)) return;
  show.tellNext({ ...of, pods }, () => logLines({ pods }, log.pods.length > 1));
}

/** Whether a stage has nothing more to say. */
function isPast(run: Run, stage: string): boolean {
  return isOver(run) || run.stages.find(({ name }) => name === stage)?.finishedAt !== undefined;
}

/** None where the app says that there is none yet. */
export async function present<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404 && error.isProblem) return undefined;
    throw error;
  }
}
