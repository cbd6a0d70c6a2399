import { expect, test } from 'vitest';
import { judgeJob, type JobStatus } from './job-state.ts';
import type { KubeObject } from './kube-object.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const template = {
  metadata: { labels: { a: 'b' } },
  spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] },
};
const job = (spec: object = {}, status?: JobStatus): KubeObject => ({
  metadata: { name: 'j', namespace: 'n', uid: 'u' },
  spec: { backoffLimit: 0, template, ...spec },
  ...(status && { status }),
});
const pod = (phase: string, ready = phase === 'Running'): KubeObject => ({
  metadata: { name: 'j-1' },
  status: { phase, containerStatuses: [{ ready }] },
});

test('a Job that is new gets a pod with its labels, which is the same however often it is asked for', () => {
  const { pod: made, status } = judgeJob(job(), [], at(0));
  expect(made?.metadata).toMatchObject({
    name: expect.stringMatching(/^j-[0-9a-f]{5}$/),
    labels: { a: 'b', 'job-name': 'j', 'batch.kubernetes.io/controller-uid': 'u' },
    ownerReferences: [{ kind: 'Job', uid: 'u' }],
  });
  expect(judgeJob(job(), [], at(5)).pod?.metadata.name).toBe(made?.metadata.name);
  expect(status).toEqual({ startTime: '2026-01-01T00:00:00Z', uncountedTerminatedPods: {} });
});

test('it is active while its pod is there, and ready when that is', () => {
  expect(judgeJob(job(), [pod('Pending')], at(1))).toMatchObject({ status: { active: 1 }, leaving: [] });
  expect(judgeJob(job(), [pod('Pending')], at(1)).status).not.toHaveProperty('ready');
  expect(judgeJob(job(), [pod('Running')], at(1)).status).toMatchObject({ active: 1, ready: 1 });
});

test('it completes with its pod, by two conditions, and stays so when the pod is gone', () => {
  const { status, event } = judgeJob(
    job({}, judgeJob(job(), [pod('Running')], at(1)).status),
    [pod('Succeeded')],
    at(3),
  );
  expect(status).toMatchObject({ succeeded: 1, completionTime: '2026-01-01T00:00:03Z' });
  expect(status).not.toHaveProperty('active');
  expect(status.conditions?.map(({ type, reason }) => [type, reason])).toEqual([
    ['SuccessCriteriaMet', 'CompletionsReached'],
    ['Complete', 'CompletionsReached'],
  ]);
  expect(event?.[0]).toBe('Completed');
  expect(judgeJob(job({}, status), [], at(9)).status).toEqual(status);
});

test('it fails with its pod, unless it may make another one', () => {
  const failed = judgeJob(job(), [pod('Failed')], at(1));
  expect(failed.status.conditions?.map(({ type, reason }) => [type, reason])).toEqual([
    ['FailureTarget', 'BackoffLimitExceeded'],
    ['Failed', 'BackoffLimitExceeded'],
  ]);
  expect(failed.event).toEqual(['BackoffLimitExceeded', 'Job has reached the specified backoff limit', 'Warning']);
  const again = judgeJob(job({ backoffLimit: 1 }), [pod('Failed')], at(1));
  expect(again.status).not.toHaveProperty('conditions');
  expect(again.pod?.metadata.name).not.toBe(judgeJob(job(), [], at(0)).pod?.metadata.name);
});

test('a pod that somebody deletes has failed', () => {
  const { status } = judgeJob(job(), [pod('Running')], at(1));
  expect(judgeJob(job({}, status), [], at(2)).status).toMatchObject({
    failed: 1,
    conditions: [{}, { type: 'Failed' }],
  });
});

test('one that runs for too long lets its pod go first, and has failed when that is gone', () => {
  const limited = { activeDeadlineSeconds: 10 };
  const running = judgeJob(job(limited), [pod('Running')], at(0));
  expect(running.lookAgainMs).toBe(10_000);
  const late = judgeJob(job(limited, running.status), [pod('Running')], at(10));
  expect(late.leaving).toHaveLength(1);
  expect(late.status.conditions?.map(({ type }) => type)).toEqual(['FailureTarget']);
  const over = judgeJob(job(limited, late.status), [], at(12));
  expect(over.status.conditions?.map(({ type, reason }) => [type, reason])).toEqual([
    ['FailureTarget', 'DeadlineExceeded'],
    ['Failed', 'DeadlineExceeded'],
  ]);
});
