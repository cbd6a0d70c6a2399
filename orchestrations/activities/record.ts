import { splitMetrics } from '../../shared/metrics.ts';
import { runSubject } from '../../shared/lifecycle-events.ts';
import type { ModelDigests } from '../../shared/run.ts';
import { locate, readPinned, type ActivityContext } from './context.ts';

/** The files whose digests tell one model from another. */
const DIGESTED = { weights: 'weights.pt', torchScript: 'model.ts.pt' } as const;

/** Records the version that a run has trained: what it is, what it is made of, where it comes from. */
export async function recordModel(
  context: ActivityContext,
  { runId, metrics, at }: { runId: string; metrics: Record<string, number>; at: string },
): Promise<{ version: string }> {
  const { clients } = context;
  const { pipeline, batchId, paths } = locate(runId);
  const { codeDigest, batch, champion, initialWeights, reuse } = await readPinned(context, runId);
  const comparedWith = reuse?.train ? reuse.train.champion : champion;
  const { own, champion: championMetrics, changedPredictions } = splitMetrics(metrics);
  const version = batchId;
  // The profile becomes part of the version: later batches are compared with it.
  const profile = await clients.lake.read(paths.profile);
  if (profile) await clients.lake.write(`${paths.model}/profile.json`, profile);
  await clients.models.add({
    pipeline,
    version,
    runId,
    batchId,
    metrics: own,
    ...(championMetrics && { championMetrics }),
    ...(changedPredictions !== undefined && { changedPredictions }),
    path: paths.model,
    codeDigest,
    digests: await digests(context, paths.model, codeDigest),
    lineage: {
      batch: paths.batch,
      files: batch.files.length,
      ...(initialWeights?.version && { baseVersion: initialWeights.version }),
      ...(comparedWith && { champion: comparedWith }),
      ...(reuse?.process && { processedBy: reuse.process.runId }),
      ...(reuse?.train && { trainedBy: reuse.train.runId }),
    },
    createdAt: at,
  });
  await clients.models.move(pipeline, (now) =>
    now.challenger !== undefined && now.challenger >= version ? undefined : { ...now, challenger: version },
  );
  await clients.events.publish({
    name: 'ModelRegistered',
    key: runId,
    subject: runSubject(pipeline, runId),
    data: { runId, pipeline, batchId, version, metrics: own, codeDigest },
  });
  return { version };
}

async function digests({ clients }: ActivityContext, folder: string, code: string): Promise<ModelDigests> {
  const found: ModelDigests = { code };
  for (const [name, file] of Object.entries(DIGESTED)) {
    const digest = await clients.lake.digest(`${folder}/${file}`);
    if (digest !== undefined) found[name as keyof typeof DIGESTED] = `sha256:${digest}`;
  }
  return found;
}
