import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { processesWith, until } from '../kit/running-platform.ts';
import { kindOf, NAMESPACE, startBench, type Bench } from './operators-kit.ts';

const SCRIPTS = {
  '/opt/landfall/pipeline/sleep.py': [
    'import signal, subprocess, sys, time',
    'signal.signal(signal.SIGTERM, signal.SIG_IGN)',
    'subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", __file__])',
    'time.sleep(600)',
  ].join('\n'),
};

let bench: Bench;
beforeAll(async () => (bench = await startBench(SCRIPTS)));
afterAll(() => bench?.close());

test('nothing outlives a platform that is killed, and the next one tells that it was lost', async () => {
  await bench.operators.close();
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'operators-child.ts'), JSON.stringify(bench.options)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(child.stdout, 'data');
  const container = { name: 'pytorch', image: bench.image, command: ['python', '/opt/landfall/pipeline/sleep.py'] };
  const body = {
    apiVersion: 'kubeflow.org/v1',
    kind: 'PyTorchJob',
    metadata: { name: 'killed' },
    spec: {
      pytorchReplicaSpecs: {
        Master: { replicas: 1, restartPolicy: 'Never', template: { spec: { containers: [container] } } },
      },
    },
  };
  const jobs = kindOf('pytorchjobs');
  await bench.objects.training.createNamespacedCustomObject({ ...jobs, body });
  const running = () => processesWith(`${bench.folder}/machine/images`);
  await until('its processes', () => running().length >= 2);
  const phase = async () =>
    (await bench.core.training.readNamespacedPod({ namespace: NAMESPACE, name: 'killed-master-0' })).status;
  await until('the pod to run', async () => (await phase())?.phase === 'Running');

  child.kill('SIGKILL');
  await once(child, 'exit');
  await until('the processes to end', () => running().length === 0, 3_000, 20);

  await bench.restart();
  await until('the pod to be lost', async () => (await phase())?.reason === 'NodeLost');
  const failed = await until('the job to fail', async () => {
    const job = await bench.objects.training.getNamespacedCustomObject({ ...jobs, name: 'killed' });
    return (job as { status: { conditions: { type: string; message: string }[] } }).status.conditions.find(
      ({ type }) => type === 'Failed',
    );
  });
  expect(failed.message).toBe('PyTorchJob killed is failed because 1 Master replica(s) failed.');
});
