import type { V1Pod } from '@kubernetes/client-node';
import { writeLog, type PodLines } from '../../shared/jobs/kept-log.ts';
import { KINDS } from '../../shared/manifests/kinds.ts';
import { jobName, LABELS } from '../../shared/names.ts';
import { locate, type ActivityContext } from './context.ts';
import { JOB_KINDS, type AwaitedJob } from './job-manifest.ts';

/** Lines that are read of each pod: the last ones. */
const LINES_READ = 2_000;
/** A failing rank may speak before the master has said a word, so more than one pod is asked. */
const PODS_READ = 8;
/** Stands where earlier lines are left out. */
const SHORTENED = '… earlier lines are left out';
const LINES_SHOWN = 15;
/** An error travels in the run's table row, whose properties end at 64 kB, and in histories: the log file has the rest. */
export const LINE_LIMIT = 400;

/** What the pods of an attempt have written so far; those that failed come first. */
export async function podLines(context: ActivityContext, ref: AwaitedJob): Promise<(PodLines & { failed: boolean })[]> {
  const { kind, container } = JOB_KINDS[ref.stage];
  const cluster = context.clients.cluster(KINDS[kind].cluster);
  const found = await cluster.pods(`${LABELS.run}=${ref.runId},${LABELS.stage}=${ref.stage}`);
  const name = `${jobName(ref.runId, ref.stage, ref.attempt)}-`;
  const ours = found.filter(({ metadata }) => metadata?.name?.startsWith(name));
  const first = ours.sort((a, b) => Number(hasFailed(b)) - Number(hasFailed(a))).slice(0, PODS_READ);
  const read = await Promise.all(
    first.map(async (pod) => {
      const name = pod.metadata?.name ?? '';
      const { lines, isShortened } = await cluster.log(name, container, LINES_READ);
      return { pod: name, failed: hasFailed(pod), lines: isShortened ? [SHORTENED, ...lines] : lines };
    }),
  );
  return read.filter(({ lines }) => lines.length > 0);
}

/** Copies the logs of a job's pods to the lake, since the pods go with the job; answers the last lines that tell most. */
export async function keepLog(context: ActivityContext, ref: AwaitedJob): Promise<string[]> {
  const pods = await podLines(context, ref);
  const [first] = pods.sort((a, b) => telling(b) - telling(a) || a.pod.localeCompare(b.pod));
  if (!first) return [];
  await context.clients.lake.write(locate(ref.runId).paths.log(ref.stage, ref.attempt), writeLog(pods));
  return first.lines.slice(-LINES_SHOWN).map((line) => line.slice(0, LINE_LIMIT));
}

function hasFailed({ status }: V1Pod): boolean {
  return status?.containerStatuses?.some(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0) ?? false;
}

/** How much a log tells of a failure: most when it speaks of an error and its pod has failed. */
function telling({ failed, lines }: PodLines & { failed: boolean }): number {
  const speaks = lines.some((line) => /Traceback|Exception|Error\b/.test(line));
  return (speaks ? 2 : 0) + (failed ? 1 : 0);
}
