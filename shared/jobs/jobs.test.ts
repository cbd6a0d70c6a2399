import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { batchJob } from './batch-job.ts';
import { eventTrouble } from './event-trouble.ts';
import { pytorchJob } from './pytorch-job.ts';
import { podTrouble } from './pod-trouble.ts';
import { sparkJob } from './spark-job.ts';
import { busiestRevision, revisionState } from './revision-state.ts';

const object = (status: Record<string, unknown> | undefined) => ({
  metadata: { name: 'x', uid: '1' },
  spec: {},
  ...(status && { status }),
});

describe('a SparkApplication', () => {
  test.each([
    ['', 'Waiting'],
    ['SUBMITTED', 'Waiting'],
    ['PENDING_RERUN', 'Waiting'],
    ['SUBMISSION_FAILED', 'Waiting'],
    ['RUNNING', 'Running'],
    ['SUCCEEDING', 'Running'],
    ['FAILING', 'Running'],
    ['COMPLETED', 'Succeeded'],
    ['FAILED', 'Failed'],
  ])('in state %j is %s', (state, phase) => {
    expect(sparkJob.state(object({ applicationState: { state } })).phase).toBe(phase);
  });
  test('without a status waits', () => expect(sparkJob.state(object(undefined)).phase).toBe('Waiting'));
});

describe('a PyTorchJob', () => {
  const created = { type: 'Created', status: 'True', message: 'created' };
  const ran = { type: 'Running', status: 'False', message: 'ran' };
  test.each([
    ['no conditions', [], 'Waiting'],
    ['created', [created], 'Waiting'],
    ['running', [created, { ...ran, status: 'True' }], 'Running'],
    ['succeeded', [created, ran, { type: 'Succeeded', status: 'True', message: 'done' }], 'Succeeded'],
    ['failed', [created, ran, { type: 'Failed', status: 'True', reason: 'PyTorchJobFailed' }], 'Failed'],
  ])('with %s', (_, conditions, phase) => expect(pytorchJob.state(object({ conditions })).phase).toBe(phase));
});

describe('a Job', () => {
  const failed = { type: 'Failed', status: 'True', reason: 'DeadlineExceeded', message: 'too long' };
  test.each([
    ['nothing said', undefined, 'Waiting'],
    ['a pod that starts', { active: 1 }, 'Waiting'],
    ['a pod that runs', { active: 1, ready: 1 }, 'Running'],
    ['an end to come', { active: 1, ready: 1, conditions: [{ type: 'FailureTarget', status: 'True' }] }, 'Running'],
    ['its pod done', { conditions: [{ type: 'SuccessCriteriaMet', status: 'True' }, { type: 'Complete', status: 'True' }] }, 'Succeeded'], // prettier-ignore
    ['its pod failed', { failed: 1, conditions: [{ type: 'FailureTarget', status: 'True' }, failed] }, 'Failed'],
  ])('with %s', (_, status, phase) => expect(batchJob.state(object(status)).phase).toBe(phase));
  test('that failed says why', () => {
    expect(batchJob.state(object({ conditions: [failed] }))).toMatchObject({
      reason: 'DeadlineExceeded',
      detail: 'too long',
    });
  });
});

describe('pod trouble', () => {
  const pod = (status: V1Pod['status']): V1Pod => ({ metadata: { name: 'p' }, ...(status && { status }) });
  const container = (state: object) =>
    pod({ containerStatuses: [{ name: 'c', image: '', imageID: '', ready: false, restartCount: 0, state }] });
  test.each([
    [
      'image pull',
      container({ waiting: { reason: 'ImagePullBackOff', message: 'no such image' } }),
      'ImagePullBackOff',
      false,
    ],
    ['out of memory', container({ terminated: { exitCode: 137, reason: 'OOMKilled' } }), 'OOMKilled', false],
    ['exit code', container({ terminated: { exitCode: 3, reason: 'Error' } }), 'NonZeroExit', false],
    ['evicted', pod({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' }), 'Evicted', true],
    [
      'init container',
      pod({
        initContainerStatuses: [
          {
            name: 'i',
            image: '',
            imageID: '',
            ready: false,
            restartCount: 9,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
          },
        ],
      }),
      'InitContainerFailed',
      false,
    ],
    [
      'no node',
      pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' }] }),
      'Unschedulable',
      false,
    ],
  ])('%s', (_, given, reason, lost) => expect(podTrouble([given])).toMatchObject({ reason, lost }));
  test('a pod that goes on has none', () => {
    expect(podTrouble([container({ running: {} }), container({ terminated: { exitCode: 0 } })])).toBeUndefined();
  });
});

describe('events', () => {
  test.each([
    ['FailedCreatePod', 'pods "x" is forbidden: exceeded quota: landfall, requested: cpu=9', 'QuotaExceeded'],
    ['FailedCreatePod', 'pods "x" is forbidden: violates PodSecurity "restricted"', 'PodSecurityRefused'],
    ['FailedCreate', 'admission webhook "policy" denied the request: no', 'AdmissionRefused'],
    ['FailedCreatePod', 'pods is forbidden: User "training-operator" cannot create', 'Forbidden'],
    ['SparkApplicationSubmissionFailed', 'failed to run spark-submit', 'PodsNotCreated'],
    ['FailedMount', 'secret "x" not found', 'FailedMount'],
    ['FailedScaleUp', 'OverconstrainedZonalAllocationRequest', 'FailedScaleUp'],
    ['NotTriggerScaleUp', "pod didn't trigger scale-up: 1 node(s) had untolerated taint", 'NotTriggerScaleUp'],
    ['Failed', 'Failed to pull image "r/i"', 'ImagePullBackOff'],
  ])('%s: %s', (reason, message, expected) => {
    expect(eventTrouble([{ reason, message }])).toMatchObject({ reason: expected, message });
  });

  test('that are no trouble, or that better news have overtaken, tell nothing', () => {
    const failed = { reason: 'FailedScaleUp', message: 'no quota' };
    expect(eventTrouble([{ reason: 'Pulled', message: 'image pulled' }])).toBeUndefined();
    expect(eventTrouble([failed, { reason: 'TriggeredScaleUp', message: 'pool grows' }])).toBeUndefined();
    expect(eventTrouble([{ reason: 'TriggeredScaleUp', message: 'pool grows' }, failed])?.reason).toBe('FailedScaleUp');
    expect(eventTrouble([])).toBeUndefined();
  });
});

describe('an InferenceService', () => {
  test('tells its revisions and where the traffic goes', () => {
    const state = revisionState(
      object({
        components: {
          predictor: {
            latestCreatedRevision: 'iris-predictor-00002',
            latestReadyRevision: 'iris-predictor-00002',
            url: 'http://iris-predictor-landfall.example.com',
            traffic: [
              {
                latestRevision: true,
                percent: 0,
                revisionName: 'iris-predictor-00002',
                tag: 'latest',
                url: 'http://latest-iris-predictor-landfall.example.com',
              },
              { latestRevision: false, percent: 100, revisionName: 'iris-predictor-00001' },
            ],
          },
        },
      }),
    );
    expect(state.traffic).toEqual({ 'iris-predictor-00002': 0, 'iris-predictor-00001': 100 });
    expect(busiestRevision(state)).toBe('iris-predictor-00001');
    expect(state.hosts).toEqual({
      'iris-predictor-00002': 'latest-iris-predictor-landfall.example.com',
      'iris-predictor-00001': 'iris-predictor-landfall.example.com',
    });
  });
  test('without a status has none', () => expect(revisionState(object(undefined))).toEqual({ traffic: {}, hosts: {} }));
});
