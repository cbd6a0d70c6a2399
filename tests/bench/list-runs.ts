// Pages of GET /api/runs over 10,000 runs against the same over 100, in the same process: `npm run bench -- runs`.
import type { TransactionAction } from '@azure/data-tables';
import { HttpRequest } from '@azure/functions';
import type { Edge } from '../../functions/edge.ts';
import { listRuns } from '../../functions/http/handlers/read-runs.ts';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import { createRuns } from '../../shared/clients/runs.ts';
import { batchId, newestFirstKey, runIdOf } from '../../shared/names.ts';
import { pipelineSchema } from '../../shared/pipeline.ts';
import type { Run } from '../../shared/run.ts';
import { startStorage } from '../kit/storage.ts';

const ROUNDS = 7;
const SIZES = { few: 100, many: 10_000 };

const storage = await startStorage('runs');
const table = storage.open('Runs');
for (const [pipeline, count] of Object.entries(SIZES)) {
  for (let start = 0; start < count; start += 100) {
    await table.submitTransaction(
      Array.from({ length: 100 }, (_, index): TransactionAction => ['create', row(pipeline, start + index)]),
    );
  }
}
const names = Object.keys(SIZES);
const pipelines = new Map(names.map((name) => [name, pipelineSchema.parse({ name, landing: { prefix: `${name}/` } })]));
const edge = {
  clients: { runs: createRuns(storage.open) },
  pipelines: () => ({ pipelines, broken: [] }),
} as unknown as Edge;
const durable = {} as DurablePort;

console.log('a page of 50 runs, median ms'.padEnd(44) + '   of 100  of 10,000   ratio');
await compare('the newest', {});
await compare('after the 50th', { continuation: '50' });
await compare('those that failed, one of ten', { status: 'Failed' });
await storage.close();

async function compare(what: string, query: Record<string, string>): Promise<void> {
  const times: Record<string, number[]> = { few: [], many: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) times[name]?.push(await timed(name, query));
  }
  const [few, many] = [median(times.few ?? []), median(times.many ?? [])];
  const ratio = (many / few).toFixed(1);
  console.log(`${what.padEnd(44)}${few.toFixed(1).padStart(9)}${many.toFixed(1).padStart(11)}${ratio.padStart(8)}`);
}

async function timed(pipeline: string, query: Record<string, string>): Promise<number> {
  const { continuation, ...rest } = query;
  const asked = {
    pipeline,
    ...rest,
    ...(continuation && { continuation: newestFirstKey(id(SIZES[pipeline as 'few'] - 50)) }),
  };
  const request = new HttpRequest({ method: 'GET', url: `http://app.test/api/runs?${new URLSearchParams(asked)}` });
  const began = performance.now();
  const answer = (await listRuns(edge, durable, request)) as { jsonBody: { value: Run[] } };
  const took = performance.now() - began;
  if (answer.jsonBody.value.length === 0) throw new Error(`no runs came for ${JSON.stringify(asked)}`);
  return took;
}

function row(pipeline: string, index: number) {
  const batch = id(index);
  const at = new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString();
  const stages = ['collect', 'process', 'train', 'record', 'validate', 'build', 'rollout'].map((name) => ({
    name,
    status: 'Succeeded',
    startedAt: at,
    finishedAt: at,
    detail: 'as long as such a line is, about so many characters',
  }));
  const status = index % 10 === 0 ? 'Failed' : 'Succeeded';
  const run = {
    runId: runIdOf(pipeline, batch),
    pipeline,
    batchId: batch,
    status,
    stages,
    startedAt: at,
    finishedAt: at,
  };
  return { partitionKey: pipeline, rowKey: newestFirstKey(batch), status, document: JSON.stringify(run) };
}

function id(index: number): string {
  return batchId(new Date(Date.UTC(2026, 0, 1) + index * 60_000), 'abcdef');
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
