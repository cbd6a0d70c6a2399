import type { DurablePort } from '../../../orchestrations/activities/durable-port.ts';
import { readJson } from '../../../orchestrations/activities/context.ts';
import { jobProgressSchema } from '../../../shared/jobs/job-result.ts';
import { reviewId, runPaths } from '../../../shared/names.ts';
import type { Run, RunProgress, StageView } from '../../../shared/run.ts';
import { isFinal, type Stage } from '../../../shared/status.ts';
import type { Edge } from '../../edge.ts';

/** A run as it stands now: its row, and while it goes on what its orchestrations and its job say. */
export async function runView(edge: Edge, durable: DurablePort, row: Run): Promise<Run> {
  const run = await asItStands(edge, durable, row);
  return { ...run, stages: run.stages.map((stage) => inAzure(edge, stage)) };
}

/** A stage whose job tells where in Azure its cluster is, if it is there. */
function inAzure({ aks }: Edge, { job, ...stage }: StageView): StageView {
  const cluster = job && aks?.[job.cluster];
  return { ...stage, ...(job && { job: { ...job, ...(cluster && { aks: cluster }) } }) };
}

async function asItStands(edge: Edge, durable: DurablePort, row: Run): Promise<Run> {
  if (isFinal(row.status)) return row;
  const instance = await durable.status(row.runId);
  const progress = instance?.customStatus as RunProgress | null | undefined;
  if (!progress) return row;
  const { child, ...shown } = progress;
  if (child === undefined) return { ...row, ...shown };
  const waitingFor = await waiting(edge, durable, row, child);
  const review = child === reviewId(row.runId) ? await edge.clients.reviews.get(row.runId) : undefined;
  return { ...row, ...shown, ...(waitingFor !== undefined && { waitingFor }), ...(review && { review }) };
}

async function waiting(edge: Edge, durable: DurablePort, row: Run, child: string): Promise<string | undefined> {
  const said = await jobProgress(edge, row, child);
  if (said !== undefined) return said;
  const status = (await durable.status(child))?.customStatus as { waitingFor?: string } | null | undefined;
  return status?.waitingFor;
}

/** What the job itself says it does; `child` is `RUN:STAGE:ATTEMPT` for a job. */
async function jobProgress(edge: Edge, row: Run, child: string): Promise<string | undefined> {
  const [, stage, attempt] = child.split(':');
  if (!stage || !attempt) return undefined;
  const path = runPaths(row.pipeline, row.batchId).progress(stage as Stage, Number(attempt));
  const parsed = jobProgressSchema.safeParse(await readJson<unknown>(edge.clients, path));
  if (!parsed.success) return undefined;
  const { message, fraction } = parsed.data;
  return fraction == null ? message : `${message} (${Math.round(fraction * 100)} %)`;
}
