import type { z } from 'zod';
import { checkReportSchema } from '../../shared/data-checks.ts';
import { drift } from '../../shared/drift/drift.ts';
import type { DriftReport } from '../../shared/drift/report.ts';
import { gate, type Evidence, type GateDecision } from '../../shared/gate.ts';
import { splitMetrics } from '../../shared/metrics.ts';
import { modelPath } from '../../shared/names.ts';
import { profileSchema, type Profile } from '../../shared/profile.ts';
import { locate, readJson, readPinned, type ActivityContext, type PinnedRun } from './context.ts';
import { haveSameWeights } from './reuse.ts';

export interface Validation {
  gate: GateDecision;
  /** Version that the model was judged against; none where nothing served. */
  champion?: string;
  /** What drifted from the champion's data, for the log; absent where nothing could be compared. */
  drift?: DriftSummary;
}

interface DriftSummary {
  drifted: boolean;
  /** Share of the features that drifted, and what a pipeline allows. */
  share: number;
  limit: number;
  /** Names of features that drifted, and of the label if it did. */
  features: string[];
}

/** A log line and the history of the orchestration hold it. */
const FEATURES_NAMED = 50;

/** Judges a run's model by its metrics, the champion's on the same rows, the drift of its data, and the data checks. */
export async function validateModel(
  context: ActivityContext,
  { runId, metrics, baselineProblem }: { runId: string; metrics: Record<string, number>; baselineProblem?: string },
): Promise<Validation> {
  const { clients } = context;
  const { pipeline: name, batchId, paths } = locate(runId);
  const pinned = await readPinned(context, runId);
  const { champion } = await clients.models.aliases(name);
  const rivalVersion = await rival(context, pinned, batchId, champion);
  const problems: string[] = [];
  const checks = await document(context, paths.checks, checkReportSchema, problems);
  const evidence: Evidence = {
    metrics: splitMetrics(metrics).own,
    ...(checks && { checks }),
    problems,
    ...(rivalVersion && (await comparison(context, pinned, rivalVersion, metrics, problems))),
  };
  if (rivalVersion && baselineProblem) problems.push(`the champion could not be evaluated: ${baselineProblem}`);
  const decision = gate(evidence, pinned.pipeline.validate);
  await clients.models.note(name, batchId, { gate: decision });
  const { drift: report } = evidence;
  return { gate: decision, ...(champion && { champion }), ...(report && { drift: summary(report) }) };
}

function summary({ drifted, driftedFeatures, features }: DriftReport): DriftSummary {
  const names = features.filter((feature) => feature.drifted).map(({ name }) => name);
  return { drifted, ...driftedFeatures, features: names.slice(0, FEATURES_NAMED) };
}

/**
 * The champion, unless it is this very model: a run may be repeated after a crash, or have taken the champion's own
 * training over, which met no other champion.
 */
async function rival(
  { clients }: ActivityContext,
  { pipeline: { name: pipeline }, reuse }: PinnedRun,
  version: string,
  champion: string | undefined,
): Promise<string | undefined> {
  if (champion === undefined || champion === version) return undefined;
  if (!reuse?.train) return champion;
  return (await haveSameWeights(clients, pipeline, version, champion)) ? undefined : champion;
}

async function comparison(
  context: ActivityContext,
  { runId, pipeline, champion: championAtStart, reuse }: PinnedRun,
  champion: string,
  metrics: Record<string, number>,
  problems: string[],
): Promise<Pick<Evidence, 'champion' | 'drift'>> {
  const { paths } = locate(runId);
  const pinnedChampion = reuse?.train ? reuse.train.champion : championAtStart;
  const { champion: itsMetrics = {}, changedPredictions } = splitMetrics(metrics);
  const isTheOneEvaluated = champion === pinnedChampion;
  if (!isTheOneEvaluated) {
    const before = pinnedChampion ?? 'none';
    problems.push(`the champion changed from ${before} to ${champion} after the run began: they were not compared`);
  }
  const compared = isTheOneEvaluated && {
    champion: {
      version: champion,
      metrics: itsMetrics,
      ...(changedPredictions !== undefined && { changedPredictions }),
    },
  };
  const batch = await profileOf(context, paths.profile, problems);
  const kept = await profileOf(context, `${modelPath(pipeline.name, champion)}/profile.json`, problems);
  if (!batch || !kept) return { ...compared };
  const report = drift(...asCompared(kept, batch, champion), pipeline.validate.drift);
  await context.clients.lake.write(paths.drift, JSON.stringify(report, null, 1));
  return { ...compared, drift: report };
}

/**
 * A champion that was taken over has the profile of the run that processed its data, while a batch names the version that it
 * was profiled against. A batch that is the champion's own data was profiled before there was such a version.
 */
function asCompared(kept: Profile, batch: Profile, champion: string): [baseline: Profile, batch: Profile] {
  const isItsOwn = batch.batch === kept.batch;
  return [{ ...kept, batch: champion }, isItsOwn ? { ...batch, baseline: champion } : batch];
}

async function profileOf(context: ActivityContext, path: string, problems: string[]): Promise<Profile | undefined> {
  const found = await document(context, path, profileSchema, problems);
  if (!found && !problems.some((problem) => problem.startsWith(path))) {
    problems.push(`${path} is missing: drift cannot be measured`);
  }
  return found;
}

/** A document of the run; what is no such document is a problem, not an error: a person then decides. */
async function document<T extends z.ZodType>(
  { clients }: ActivityContext,
  path: string,
  schema: T,
  problems: string[],
): Promise<z.infer<T> | undefined> {
  let found: unknown;
  try {
    found = await readJson<unknown>(clients, path);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    problems.push(`${path} is no JSON`);
    return undefined;
  }
  if (found === undefined) return undefined;
  const parsed = schema.safeParse(found);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  problems.push(`${path} is not as expected: ${issue?.path.join('.')}: ${issue?.message}`);
  return undefined;
}
