import { join } from 'node:path';
import { buildCodeLayer } from '../../shared/images/code-layer.ts';
import { batchJob } from '../../shared/manifests/batch-job.ts';
import { KINDS } from '../../shared/manifests/kinds.ts';
import { jobName, sourceStatePath } from '../../shared/names.ts';
import type { Pipeline } from '../../shared/pipeline.ts';
import type { ScriptSource } from '../../shared/sources/source.ts';
import type { SourceRef } from './collection.ts';
import { locate, readJson, type ActivityContext } from './context.ts';
import { refusal, type Submission } from './job.ts';
import { codeImage } from './pin.ts';

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
  const cluster = context.clients.cluster(KINDS.Job.cluster);
  const wakefulness = await cluster.wake();
  if (!wakefulness.awake) return { waking: wakefulness.detail, ...limits };
  const refused = await refusal(() => cluster.create(manifest(ref, pinned, context)));
  return { ...(refused && { refused }), ...limits };
}

/** Deletes the Job of an attempt that failed, with its pod; one that succeeded goes by itself. */
export async function removeCollectJob(
  { clients }: ActivityContext,
  { runId, attempt }: Pick<CollectJobRef, 'runId' | 'attempt'>,
): Promise<void> {
  await clients.cluster(KINDS.Job.cluster).remove('Job', jobName(runId, 'collect', attempt));
}

async function pinCollection(context: ActivityContext, { runId, pipeline: name, source: id }: CollectJobRef) {
  const { clients, folders } = context;
  const { paths } = locate(runId);
  const known = await readJson<PinnedCollection>(clients, paths.collection);
  if (known) return known;
  const pipeline = context.pipelines().pipelines.get(name);
  const source = pipeline?.sources.find((one) => one.name === id);
  if (!pipeline || source?.type !== 'script') throw new Error(`${name} has no script source ${id} any more`);
  const layer = await buildCodeLayer(folders.runtime, join(folders.pipelines, name));
  const pinned = { pipeline, source, image: await codeImage(clients.registry, 'spark', name, layer) };
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
