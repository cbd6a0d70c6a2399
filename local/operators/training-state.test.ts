import { describe, expect, test } from 'vitest';
import type { KubeObject } from './kube-object.ts';
import { replicaPod, replicasOf } from './training-pod.ts';
import { judge, removable } from './training-state.ts';

const AT = new Date('2026-11-24T10:00:00Z');
const pod = (type: string, phase: string, exitCode?: number): KubeObject => ({
  metadata: { name: `j-${type}-0`, labels: { 'training.kubeflow.org/replica-type': type } },
  spec: { restartPolicy: 'Never' },
  status: {
    phase,
    containerStatuses: [{ restartCount: 0, state: exitCode === undefined ? {} : { terminated: { exitCode } } }],
  },
});
const job = (restartPolicy = 'Never', runPolicy: object = {}, specs: object = {}): KubeObject => ({
  metadata: { name: 'j', namespace: 'n' },
  spec: {
    runPolicy,
    pytorchReplicaSpecs: { Master: { replicas: 1, restartPolicy }, Worker: { replicas: 1, restartPolicy }, ...specs },
  },
});
const outcome = (given: KubeObject, pods: KubeObject[], now = AT) => {
  const { conditions } = judge(given, pods, now).status;
  return conditions.map(({ type, status }) => `${type} ${status[0]}`).join(', ');
};
const [running, started] = [[pod('master', 'Running'), pod('worker', 'Running')], '2026-11-24T10:00:00Z'];

describe('a PyTorchJob is judged by its pods', () => {
  test.each([
    ['none yet', job(), [], 'Created T'],
    ['only a worker runs', job(), [pod('master', 'Pending'), pod('worker', 'Running')], 'Created T'],
    ['the master runs', job(), [pod('master', 'Running'), pod('worker', 'Pending')], 'Created T, Running T'],
    ['the master succeeded', job(), [pod('master', 'Succeeded'), pod('worker', 'Running')], 'Created T, Succeeded T'],
    [
      'a worker failed for good',
      job(),
      [pod('master', 'Running'), pod('worker', 'Failed', 1)],
      'Created T, Running F, Failed T',
    ],
    [
      'a worker failed and is made anew',
      job('OnFailure'),
      [pod('master', 'Running'), pod('worker', 'Failed', 1)],
      'Created T, Restarting T',
    ],
    [
      'ExitCode of a signal',
      job('ExitCode'),
      [pod('master', 'Failed', 137), pod('worker', 'Running')],
      'Created T, Restarting T',
    ],
    [
      'ExitCode of an error',
      job('ExitCode'),
      [pod('master', 'Failed', 1), pod('worker', 'Running')],
      'Created T, Failed T',
    ],
    ['back-off limit 0', job('OnFailure', { backoffLimit: 0 }), [pod('master', 'Failed', 1)], 'Created T, Failed T'],
    ['workers alone', job('Never', {}, { Master: undefined }), [pod('worker', 'Succeeded')], 'Created T, Succeeded T'],
  ])('%s', (_, given, pods, conditions) => expect(outcome(given, pods)).toBe(conditions));

  test('goes through Created, Running and Succeeded, newest last, and stays there', () => {
    const first = judge(job(), running, AT).status;
    const done = judge({ ...job(), status: first }, [pod('master', 'Succeeded'), pod('worker', 'Running')], AT).status;
    expect(done.conditions.map(({ type, status }) => `${type} ${status}`)).toEqual([
      'Created True',
      'Running False',
      'Succeeded True',
    ]);
    expect(done).toMatchObject({
      completionTime: started,
      replicaStatuses: { Master: { succeeded: 1 }, Worker: { active: 1 } },
    });
    const later = judge({ ...job(), status: done }, [pod('worker', 'Failed', 1)], AT).status;
    expect(later.conditions).toBe(done.conditions);
    expect(later.replicaStatuses['Worker']).toMatchObject({ succeeded: 1 });
  });

  test('fails at its deadline, and looks again when that comes', () => {
    const given = { ...job('Never', { activeDeadlineSeconds: 60 }), status: judge(job(), running, AT).status };
    expect(judge(given, running, AT).lookAgainMs).toBe(60_000);
    expect(outcome(given, running, new Date(AT.getTime() + 60_000))).toBe('Created T, Running F, Failed T');
  });

  test.each([
    [undefined, []],
    ['None', []],
    ['Running', ['Running', 'Pending']],
    ['All', ['Running', 'Pending', 'Failed']],
  ])('cleanPodPolicy %s', (cleanPodPolicy, removed) => {
    const pods = ['Running', 'Pending', 'Failed'].map((phase) => pod('worker', phase));
    const gone = pods.filter((one) => removable(job('Never', { cleanPodPolicy }), one));
    expect(gone.map(({ status }) => status.phase)).toEqual(removed);
  });
});

test('a replica is told its rank, the world and the master', () => {
  const template = { spec: { containers: [{ name: 'pytorch', env: [{ name: 'OWN', value: '1' }] }] } };
  const given: KubeObject = {
    metadata: { name: 'j', uid: 'u' },
    spec: {
      nprocPerNode: '2',
      pytorchReplicaSpecs: {
        Master: { replicas: 1, template },
        Worker: { replicas: 2, restartPolicy: 'ExitCode', template },
      },
    },
  };
  const kind = { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', plural: 'pytorchjobs' };
  const [, , last] = replicasOf(given);
  const made = last && replicaPod(kind, given, last, '29500');
  const env = made?.spec.containers[0].env.map(
    ({ name, value }: { name: string; value: string }) => `${name}=${value}`,
  );
  expect(made?.metadata).toMatchObject({ name: 'j-worker-1', labels: { 'training.kubeflow.org/replica-index': '1' } });
  expect(made?.spec.restartPolicy).toBe('Never');
  expect(env).toEqual([
    ...['OWN=1', 'PYTHONUNBUFFERED=1', 'MASTER_PORT=29500', 'PET_MASTER_PORT=29500', 'MASTER_ADDR=127.0.0.1'],
    ...[
      'PET_MASTER_ADDR=127.0.0.1',
      'WORLD_SIZE=6',
      'RANK=2',
      'PET_NODE_RANK=2',
      'PET_NPROC_PER_NODE=2',
      'PET_NNODES=3',
    ],
  ]);
});
