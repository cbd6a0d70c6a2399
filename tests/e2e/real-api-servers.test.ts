import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ROOT, RunningPlatform, SAMPLE } from '../kit/running-platform.ts';
import { expectServed } from '../kit/served.ts';

const program = process.env.LANDFALL_KUBELOCAL ?? resolve(ROOT, '../shared/tools/kubelocal');
const isThere = existsSync(program);
if (!isThere) console.log(`Skipped: there is no program of real API servers (LANDFALL_KUBELOCAL, or ${program}).`);

const platform = new RunningPlatform(18_800);
afterAll(() => platform.remove());

test.skipIf(!isThere)(
  'two runs pass on three real API servers, with exactly the Roles, quotas and Pod Security of workloads/clusters',
  async () => {
    await platform.start('--api-servers', program);
    expect((await platform.call('GET', 'health')).body).toMatchObject({ status: 'Healthy' });
    for (const name of ['first', 'second']) {
      const known = (await platform.runs()).map(({ runId }) => runId);
      await platform.drop(`iris/${name}.csv`, readFileSync(SAMPLE));
      const run = await platform.nextRun(known);
      expect(run).toMatchObject({ status: 'Succeeded' });
      // The gateway takes golden requests and predictions: a real API server proxies to no pod of its own machine.
      await expectServed(platform, run.modelVersion ?? '');
    }
  },
);
