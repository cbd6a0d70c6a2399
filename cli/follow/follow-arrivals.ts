import { path } from '../connect/api.ts';
import type { Arrivals } from '../connect/api-types.ts';
import { ApiError, CliError, EXIT } from '../cli-error.ts';
import { followRun, type FollowOptions } from './follow-run.ts';
import { elapsed } from '../format/quantity.ts';
import { oneLine } from '../format/text.ts';
import { patiently } from '../connect/patience.ts';
import type { Session } from '../session.ts';
import type { Dropped } from '../lake/upload.ts';

/** An event that has not come by then will not come soon. */
const UNHEARD_MS = 120_000;

/** Waits for the runs that take dropped files, and follows each; answers the exit code. */
export async function followArrivals(
  session: Session,
  pipeline: string,
  dropped: Dropped[],
  options: FollowOptions,
): Promise<number> {
  const runs = new Map<string, number>();
  for (const file of dropped) {
    const runId = await runOf(session, pipeline, file);
    if (!runs.has(runId)) runs.set(runId, await followRun(session, runId, options));
  }
  return Math.max(EXIT.good, ...runs.values());
}

/** The run whose batch has this very version of a file. */
async function runOf(session: Session, pipeline: string, { path: file, eTag }: Dropped): Promise<string> {
  const { api, show, pause, now } = session;
  let heard = false;
  for (const since = now(); ;) {
    const { value } = await patiently(session, () => api.get<Arrivals>(path`arrivals`, { query: { path: file } }));
    const arrival = value.find((one) => one.eTag === eTag);
    if (arrival?.runId !== undefined && (await isThere(session, arrival.runId))) return arrival.runId;
    heard ||= arrival !== undefined;
    if (!heard && now() - since > UNHEARD_MS) throw unheard(pipeline, file);
    const what = heard ? 'waiting for the landing zone to be quiet' : 'waiting for the app to hear of it';
    show.now(`collect   ${what} · ${elapsed(now() - since)}`);
    await pause();
  }
}

/** A batch is known by its run a moment before the run is. */
async function isThere(session: Session, runId: string): Promise<boolean> {
  try {
    await patiently(session, () => session.api.get(path`runs/${runId}`));
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404 && error.isProblem) return false;
    throw error;
  }
}

function unheard(pipeline: string, file: string): CliError {
  return new CliError(
    oneLine(`${file} was dropped, but the app has not heard of it.`),
    `See that its name fits landing.pattern of ${pipeline}, and that landfall doctor finds nothing wrong.`,
    EXIT.failed,
  );
}
