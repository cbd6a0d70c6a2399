import { path } from '../connect/api.ts';
import type { Page, Run } from '../connect/api-types.ts';
import { nowLine } from '../format/run.ts';
import { patiently } from '../connect/patience.ts';
import { createRunWatch } from './run-watch.ts';
import type { Session } from '../session.ts';

const LOOKED_AT = 50;

/** Follows the runs that are under way and all that come, until somebody interrupts; one that waits holds up none. */
export async function followRuns(session: Session, pipeline: string | undefined): Promise<never> {
  const { api, show, pause, now } = session;
  const newest = () =>
    patiently(session, () => api.get<Page<Run>>(path`runs`, { query: { pipeline, top: LOOKED_AT } }));
  const watch = createRunWatch(session);
  for (const run of (await newest()).value.reverse()) watch.begin(run);
  show.line('Following every run that comes, until Ctrl-C.');
  for (;;) {
    const runs = (await newest()).value.reverse();
    // A run that waits for long leaves the page of the newest, and is still followed.
    for (const runId of watch.going().filter((id) => !runs.some((run) => run.runId === id)))
      runs.unshift(await patiently(session, () => api.get<Run>(path`runs/${runId}`)));
    for (const run of runs) await watch.look(run);
    const doing = runs.filter(isBusy).flatMap((run) => nowLine(run, now()) ?? []);
    if (doing[0] === undefined) show.clear();
    else show.now(doing.length > 1 ? `${doing[0]} · and ${doing.length - 1} more` : doing[0]);
    await pause();
  }
}

function isBusy({ finishedAt, review }: Run): boolean {
  return finishedAt === undefined && review?.status !== 'Waiting';
}
