import { expect, test } from 'vitest';
import type { DurablePort } from '../../../orchestrations/activities/durable-port.ts';
import type { Run } from '../../../shared/run.ts';
import type { Edge } from '../../edge.ts';
import { runView } from './run-view.ts';

const at = '2026-03-01T10:15:02.000Z';
const job = { kind: 'PyTorchJob', namespace: 'landfall', name: 'iris-1-train-1', attempt: 1 };
const over: Run = {
  runId: 'iris-20260301-101502-3fa9c1',
  pipeline: 'iris',
  batchId: '20260301-101502-3fa9c1',
  status: 'Succeeded',
  stages: [
    { name: 'collect', status: 'Succeeded' },
    { name: 'process', status: 'Succeeded', job: { cluster: 'data-processing', ...job } },
    { name: 'train', status: 'Succeeded', job: { cluster: 'training', ...job } },
  ],
  startedAt: at,
  finishedAt: at,
};
const aks = { resourceId: '/subscriptions/1/…/training', portal: 'https://portal.azure.com/#@/resource/…' };

test('a job tells where in Azure its cluster is, if it is there', async () => {
  const edge = { aks: { training: aks } } as Edge;
  const { stages } = await runView(edge, {} as DurablePort, over);
  expect(stages.map((stage) => stage.job?.aks)).toEqual([undefined, undefined, aks]);
  expect(stages[1]).toEqual(over.stages[1]);
});

test('without a cluster in Azure a run that is over is shown as its row has it', async () => {
  expect(await runView({} as Edge, {} as DurablePort, over)).toEqual(over);
});
