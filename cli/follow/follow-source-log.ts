import { path, type Api } from '../connect/api.ts';
import type { Pipeline, SourceLog } from '../connect/api-types.ts';
import { EXIT } from '../cli-error.ts';
import { present, print } from './follow-logs.ts';
import { oneLine } from '../format/text.ts';
import { patiently } from '../connect/patience.ts';
import type { Session } from '../session.ts';

/** The last lines of what a source's script has said in its last look. */
export function readSourceLog(api: Api, pipeline: string, source: string, attempt?: number): Promise<SourceLog> {
  return api.get<SourceLog>(path`pipelines/${pipeline}/sources/${source}/logs`, { query: { attempt } });
}

/** Follows what a source's script says to the end of the look; answers the exit code. */
export async function followSourceLog(
  session: Session,
  pipeline: string,
  source: string,
  attempt: number | undefined,
): Promise<number> {
  const { api, show, pause } = session;
  const seen = new Map<string, string[]>();
  let current = '';
  for (;;) {
    // The state is read before the log, so that the log of a look that is over is all of it.
    const found = await patiently(session, () => api.get<Pipeline>(path`pipelines/${pipeline}`));
    const isRunning = found.sources?.find(({ name }) => name === source)?.status === 'Running';
    const asked = () => readSourceLog(api, pipeline, source, attempt);
    // Where no look goes on, the refusal says why there is no log.
    const log = await patiently(session, () => (isRunning ? present(asked()) : asked()));
    if (log) {
      const job = `${log.runId} ${log.attempt}`;
      if (job !== current) seen.clear();
      current = job;
      print(session, { source, runId: log.runId, attempt: log.attempt }, log, seen);
    } else show.now(`waiting for the log of ${oneLine(source)}`);
    if (!isRunning && !log?.live) return EXIT.good;
    await pause();
  }
}
