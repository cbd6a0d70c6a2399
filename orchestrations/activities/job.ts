import type { Cluster } from '../../shared/clients/cluster.ts';
import type { JobState } from '../../shared/jobs/job-kind.ts';
import { jobResultSchema, type JobResult } from '../../shared/jobs/job-result.ts';
import { eventTrouble } from '../../shared/jobs/event-trouble.ts';
import { podTrouble, type Trouble } from '../../shared/jobs/pod-trouble.ts';
import { jobName, LABELS } from '../../shared/names.ts';
import { locate, readJson, readPinned, type ActivityContext } from './context.ts';
import { keepLog } from './job-log.ts';
import { clusterOf, JOB_KINDS, type AwaitedJob, type JobRef } from './job-manifest.ts';

/** How a job stands. */
export type JobSighting =
  | { phase: 'Waiting' | 'Running'; detail: string; hint?: string }
  | { phase: 'Succeeded'; outputs: Record<string, string>; metrics: Record<string, number>; logLost?: string }
  | { phase: 'Failed'; reason: string; message: string; hint?: string; lost: boolean; quarantined?: true }
  | { phase: 'Cancelled' };

/** An error travels in the run's table row, whose properties end at 64 kB, and in histories. */
const MESSAGE_LIMIT = 4_000;

/**
 * Looks at a job. The object is read before the result file: a job writes the file before it ends, so an ended job
 * without a result has written none.
 */
export async function observeJob(context: ActivityContext, ref: AwaitedJob): Promise<JobSighting> {
  if (await context.clients.runs.cancelRequested(ref.runId)) return { phase: 'Cancelled' };
  const cluster = clusterOf(context, ref);
  const { kind, state: stateOf } = JOB_KINDS[ref.stage];
  const object = await cluster.get(kind, jobName(ref.runId, ref.stage, ref.attempt));
  const result = await readResult(context, ref);
  if (result?.status === 'Succeeded') return succeeded(context, ref, result);
  if (result) return failedByItsWord(context, ref, result);
  if (!object) {
    return { phase: 'Failed', reason: 'JobGone', message: 'The job was deleted on the cluster.', lost: true };
  }
  const state = stateOf(object);
  const seen = await judge(context, ref, state, await diagnosis(cluster, ref, state));
  return seen.phase === 'Waiting' ? { ...seen, detail: `${seen.detail}${await poolNews(cluster)}` } : seen;
}

/** What keeps a job from running or ended it: its pods tell first, then the events of what has none or waits. */
async function diagnosis(cluster: Cluster, ref: AwaitedJob, { phase }: JobState): Promise<Trouble | undefined> {
  const pods = await cluster.pods(podLabels(ref));
  const told = podTrouble(pods);
  if (phase === 'Running' || phase === 'Succeeded' || (told && told.reason !== 'Unschedulable')) return told;
  const waiting = pods.find(({ status }) => status?.phase === 'Pending')?.metadata?.name;
  const events = await cluster.events(waiting ?? jobName(ref.runId, ref.stage, ref.attempt));
  return eventTrouble(events) ?? told;
}

/** How the node pools stand, for a job that waits for a node. */
async function poolNews(cluster: Cluster): Promise<string> {
  const pools = await cluster.pools();
  const news = pools.map(({ name, nodes, max, state }) => {
    const size = max === undefined ? `${nodes} nodes` : `${nodes} of at most ${max} nodes`;
    return `pool ${name} has ${size}${state === 'Succeeded' ? '' : ` (${state})`}`;
  });
  return news.length > 0 ? `; ${news.join(', ')}` : '';
}

/** What no waiting cures. */
const HOPELESS = new Set([
  'ImagePullBackOff',
  'InvalidImageName',
  'CreateContainerConfigError',
  'InitContainerFailed',
  'PodSecurityRefused',
  'AdmissionRefused',
  'Forbidden',
]);

async function judge(
  context: ActivityContext,
  ref: AwaitedJob,
  state: JobState,
  trouble?: Trouble,
): Promise<JobSighting> {
  const hopeless = trouble !== undefined && HOPELESS.has(trouble.reason);
  if (state.phase === 'Waiting' || state.phase === 'Running') {
    const hint = trouble?.hint ?? state.hint;
    if (!hopeless) return { phase: state.phase, detail: trouble?.message ?? state.detail, ...(hint && { hint }) };
  }
  const lines = await keepLog(context, ref);
  const ended = state.phase === 'Succeeded' ? 'The job ended without a result file.' : state.detail;
  return {
    phase: 'Failed',
    reason: trouble?.reason ?? state.reason ?? 'NoResult',
    message: withLog(trouble?.message ?? ended, lines),
    hint: trouble?.hint ?? 'See the last log lines of the job.',
    lost: trouble?.lost ?? false,
  };
}

/** A job's success stands, whether its log can be had or not. */
async function succeeded(context: ActivityContext, ref: AwaitedJob, result: JobResult): Promise<JobSighting> {
  const { outputs, metrics } = result;
  const { runId, stage, attempt } = ref;
  if (stage !== 'collect') await rememberStage(context, { runId, stage, attempt });
  try {
    await keepLog(context, ref);
    return { phase: 'Succeeded', outputs, metrics };
  } catch (error) {
    return { phase: 'Succeeded', outputs, metrics, logLost: String(error).slice(0, MESSAGE_LIMIT) };
  }
}

/** Later runs over the same input take over what this one has done. */
async function rememberStage(context: ActivityContext, { runId, stage, attempt }: JobRef): Promise<void> {
  const { keys, champion, pipeline } = await readPinned(context, runId);
  const done = { runId, attempt, ...(champion && { champion }) };
  if (keys) await context.clients.finishedStages.remember(pipeline.name, keys[stage], done);
}

async function failedByItsWord(context: ActivityContext, ref: AwaitedJob, result: JobResult): Promise<JobSighting> {
  const { error, status } = result;
  const hint = error?.hint ? { hint: error.hint } : {};
  if (status === 'Quarantined') {
    const { reason = 'BatchQuarantined', message = 'The batch was set aside.' } = error ?? {};
    return { phase: 'Failed', quarantined: true, reason, message, ...hint, lost: false };
  }
  const lines = await keepLog(context, ref);
  const reason = error?.reason ?? 'JobFailed';
  const message = error?.message ?? 'The job failed and gave no reason.';
  return {
    phase: 'Failed',
    reason,
    message: withLog(message, lines),
    ...hint,
    lost: reason === 'Terminated',
  };
}

function withLog(message: string, lines: string[]): string {
  const said = message.slice(0, MESSAGE_LIMIT);
  return lines.length > 0 ? `${said}\nLast log lines:\n${lines.map((line) => `  ${line}`).join('\n')}` : said;
}

async function readResult({ clients }: ActivityContext, ref: AwaitedJob): Promise<JobResult | undefined> {
  const path = locate(ref.runId).paths.result(ref.stage, ref.attempt);
  const found = await readJson<unknown>(clients, path);
  return found === undefined ? undefined : jobResultSchema.parse(found);
}

function podLabels({ runId, stage }: AwaitedJob): string {
  return `${LABELS.run}=${runId},${LABELS.stage}=${stage}`;
}
