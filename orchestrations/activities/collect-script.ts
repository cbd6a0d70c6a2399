import { join } from 'node:path';
import { buildCodeLayer } from '../../shared/images/code-layer.ts';
import { batchJob } from '../../shared/manifests/batch-job.ts';
import { KINDS } from '../../shared/manifests/kinds.ts';
import { jobName, sourceStatePath } from '../../shared/names.ts';
import type { Pipeline } from '../../shared/pipeline.ts';
import type { ScriptSource } from '../../shared/sources/source.ts';
import type { SourceRef } from './collection.ts';
import { codeImage, type BaseImageMissing } from './code-image.ts';
import { locate, readJson, type ActivityContext } from './context.ts';
import { keepLog } from './job-log.ts';
import { dropLeftovers } from './leftovers.ts';
import { refusal, type Submission } from './submit-job.ts';

/** One attempt of a script's collection; the id has the form of a run's, from which job and paths follow. */
export interface CollectJobRef extends SourceRef {
  runId: string;
  attempt: number;
}

/** What all attempts of a collection use, whatever is deployed meanwhile. */
interface PinnedCollection {
  pipeline: Pipeline;
  source: ScriptSource;
  image: string;
}

export type CollectSubmission = Omit<Submission, 'cancelled' | 'job'>;

/** Submits the Job of a collection under the name that follows from its id; the same Job twice is one Job. */
export async function submitCollectJob(context: ActivityContext, ref: CollectJobRef): Promise<CollectSubmission> {
  const pinned = await pinCollection(context, ref);
  const { waitForResources, timeout, retries } = pinned.source;
  const limits = { waitForResourcesMs: waitForResources, timeoutMs: timeout, retries };
  if ('refused' in pinned) return { refused: pinned.refused, ...limits };
  const cluster = context.clients.cluster(KINDS.Job.cluster);
  const wakefulness = await cluster.wake();
  if (!wakefulness.awake) return { waking: wakefulness.detail, ...limits };
  await dropLeftovers(context.clients, pinned.pipeline, new Date());
  const refused = await refusal(() => cluster.create(manifest(ref, pinned, context)));
  if (!refused) await noteJob(context, ref);
  return { ...(refused && { refused }), ...limits };
}

/** The source says which job looks at it now, so that its log is found. */
async function noteJob({ clients: { sources } }: ActivityContext, ref: CollectJobRef): Promise<void> {
  const { pipeline, source, runId, attempt } = ref;
  const state = await sources.get(pipeline, source);
  if (state?.status === 'Running') await sources.save(pipeline, { ...state, job: { runId, attempt } });
}

/** Deletes the Job of an attempt that failed, with its pod; one that succeeded goes by itself. */
export async function removeCollectJob(
  context: ActivityContext,
  { runId, attempt }: Pick<CollectJobRef, 'runId' | 'attempt'>,
): Promise<void> {
  // One that took too long has left no log yet. Better a log that is lost than a job that stays.
  await keepLog(context, { runId, stage: 'collect', attempt }).catch(() => []);
  await context.clients.cluster(KINDS.Job.cluster).remove('Job', jobName(runId, 'collect', attempt));
}

async function pinCollection(
  context: ActivityContext,
  { runId, pipeline: name, source: id }: CollectJobRef,
): Promise<PinnedCollection | { source: ScriptSource; refused: BaseImageMissing }> {
  const { clients, folders } = context;
  const { paths } = locate(runId);
  const known = await readJson<PinnedCollection>(clients, paths.collection);
  if (known) return known;
  const pipeline = context.pipelines().pipelines.get(name);
  const source = pipeline?.sources.find((one) => one.name === id);
  if (!pipeline || source?.type !== 'script') throw new Error(`${name} has no script source ${id} any more`);
  const layer = await buildCodeLayer(folders.runtime, join(folders.pipelines, name));
  const image = await codeImage(clients.registry, 'spark', name, layer);
  if (typeof image !== 'string') return { source, refused: image };
  const pinned = { pipeline, source, image };
  await clients.lake.write(paths.collection, JSON.stringify(pinned, null, 1), { ifAbsent: true });
  return (await readJson<PinnedCollection>(clients, paths.collection)) ?? pinned;
}

function manifest({ runId, attempt }: CollectJobRef, pinned: PinnedCollection, context: ActivityContext) {
  const { pipeline, source, image } = pinned;
  const { batchId } = locate(runId);
  return batchJob({
    ...{ pipeline, source, image, runId, batchId, attempt },
    stage: 'collect',
    input: sourceStatePath(pipeline.name, source.name),
    output: `landing/${pipeline.landing.prefix}`,
    lakeUrl: context.lakeUrl,
    ...(context.telemetry && { telemetry: context.telemetry }),
  });
}
