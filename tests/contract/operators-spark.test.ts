import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processesWith, until } from '../kit/running-platform.ts';
import { kindOf, NAMESPACE, startBench, type Bench } from './operators-kit.ts';

const SCRIPTS = {
  '/opt/landfall/pipeline/count.py': [
    'import os, sys',
    'from pyspark.sql import SparkSession',
    'spark = SparkSession.builder.getOrCreate()',
    'print("rows", spark.range(10).count(), sys.argv[1:], spark.conf.get("spark.sql.shuffle.partitions"), os.environ["STAGE"])',
  ].join('\n'),
  '/opt/landfall/pipeline/fail.py': 'import sys\nprint("going down")\nsys.exit(1)\n',
  '/opt/landfall/pipeline/sleep.py': 'import time\ntime.sleep(600)\n',
};

const python = process.env.LANDFALL_PYTHON ?? '';
const hasJava = [
  process.env.JAVA_HOME && join(process.env.JAVA_HOME, 'bin'),
  ...(process.env.PATH ?? '').split(delimiter),
].some((dir) => dir && existsSync(join(dir, 'java')));
const hasSpark = () => {
  try {
    return execFileSync(python, ['-c', 'import pyspark']).length === 0;
  } catch {
    return false;
  }
};

describe.skipIf(!python || !hasJava || !hasSpark())(
  'a SparkApplication (LANDFALL_PYTHON with pyspark, and Java)',
  () => {
    let bench: Bench;
    beforeAll(async () => (bench = await startBench(SCRIPTS)));
    afterAll(() => bench?.close());

    const apps = kindOf('sparkapplications');
    interface App {
      status?: {
        applicationState?: { state: string; errorMessage?: string };
        executionAttempts?: number;
        driverInfo?: { podName?: string };
        terminationTime?: string | null;
      };
    }
    const read = async (name: string) =>
      ((await bench.objects.dataProcessing.getNamespacedCustomObject({ ...apps, name })) as App).status;

    async function submit(name: string, script: string, more: object = {}): Promise<void> {
      const pod = { cores: 1, memory: '512m', env: [{ name: 'STAGE', value: 'process' }] };
      const spec = {
        ...{ type: 'Python', mode: 'cluster', sparkVersion: '4.0.5', image: bench.image },
        mainApplicationFile: `local:///opt/landfall/pipeline/${script}.py`,
        ...{ arguments: ['--run', 'r1'], sparkConf: { 'spark.sql.shuffle.partitions': '7' } },
        ...{ driver: pod, executor: { ...pod, instances: 1 }, restartPolicy: { type: 'Never' }, ...more },
      };
      const body = { apiVersion: 'sparkoperator.k8s.io/v1beta2', kind: 'SparkApplication', metadata: { name }, spec };
      await bench.objects.dataProcessing.createNamespacedCustomObject({ ...apps, body });
    }

    /** The states that an application goes through until one of them comes. */
    async function statesUntil(name: string, last: string): Promise<string[]> {
      const seen: string[] = [];
      await until(
        `${name} to be ${last}`,
        async () => {
          const state = (await read(name))?.applicationState?.state ?? '';
          if (seen.at(-1) !== state) seen.push(state);
          return state === last;
        },
        60_000,
        2,
      );
      return seen;
    }

    test('runs Spark in local mode with its configuration and arguments, and completes', async () => {
      await submit('counted', 'count');
      const states = await statesUntil('counted', 'COMPLETED');
      expect(states.filter((state) => state !== 'SUCCEEDING' && state !== '')).toEqual([
        'SUBMITTED',
        'RUNNING',
        'COMPLETED',
      ]);
      const pod = await bench.core.dataProcessing.readNamespacedPod({ namespace: NAMESPACE, name: 'counted-driver' });
      expect(pod.metadata?.labels).toMatchObject({
        'spark-role': 'driver',
        'sparkoperator.k8s.io/app-name': 'counted',
      });
      const where = { namespace: NAMESPACE, name: 'counted-driver', container: 'spark-kubernetes-driver' };
      expect(await bench.core.dataProcessing.readNamespacedPodLog(where)).toContain(
        "rows 10 ['--run', 'r1'] 7 process",
      );
      expect((await read('counted'))?.terminationTime).toBeTruthy();
    });

    test('that fails is tried again as its restart policy says, then fails with the exit code', async () => {
      await submit('failed', 'fail', {
        restartPolicy: { type: 'OnFailure', onFailureRetries: 1, onFailureRetryInterval: 1 },
      });
      await statesUntil('failed', 'FAILED');
      expect(await read('failed')).toMatchObject({
        applicationState: { errorMessage: 'driver container failed with ExitCode: 1, Reason: Error' },
        executionAttempts: 2,
        driverInfo: { podName: 'failed-driver' },
      });
    });

    test('that is deleted leaves no process', async () => {
      await submit('stopped', 'sleep');
      await statesUntil('stopped', 'RUNNING');
      await until('the script to run', () => processesWith(bench.folder).some((line) => line.includes('sleep.py')));
      await bench.objects.dataProcessing.deleteNamespacedCustomObject({ ...apps, name: 'stopped' });
      await until('its processes to end', () => processesWith(`${bench.folder}/machine`).length === 0);
    });

    test('that asks for what is not supported fails and says so', async () => {
      await submit('paused', 'sleep', { suspend: true });
      await statesUntil('paused', 'FAILED');
      expect((await read('paused'))?.applicationState?.errorMessage).toBe(
        'spec.suspend is not supported on this machine',
      );
    });
  },
);
