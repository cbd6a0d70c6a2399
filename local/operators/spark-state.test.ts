import { describe, expect, test } from 'vitest';
import type { KubeObject } from './kube-object.ts';
import { nextStep } from './spark-state.ts';

const AT = Date.parse('2026-11-24T10:00:00Z');
const app = (state: string, spec: object = {}, status: object = {}): KubeObject => ({
  metadata: { name: 'a' },
  spec: { driver: {}, ...spec },
  ...(state && {
    status: {
      ...{ applicationState: { state, errorMessage: 'it broke' }, driverInfo: {}, submissionID: 'one' },
      ...{ submissionAttempts: 1, executionAttempts: 1, lastSubmissionAttemptTime: '2026-11-24T10:00:00Z' },
      ...status,
    },
  }),
});
const pod = (phase: string, terminated?: object, submission = 'one'): KubeObject => ({
  metadata: { name: 'd', labels: { 'sparkoperator.k8s.io/submission-id': submission } },
  status: { phase, ...(terminated && { containerStatuses: [{ state: { terminated } }] }) },
});
const retries = (type: string, onFailureRetries?: number) => ({
  restartPolicy: { type, onFailureRetries, onFailureRetryInterval: 10, onSubmissionFailureRetries: 1 },
});

describe('a SparkApplication goes from state to state', () => {
  test.each([
    ['SUBMITTED', pod('Pending'), 'SUBMITTED', undefined],
    ['SUBMITTED', pod('Running'), 'RUNNING', undefined],
    ['SUBMITTED', pod('Succeeded'), 'SUCCEEDING', undefined],
    ['RUNNING', pod('Succeeded'), 'SUCCEEDING', undefined],
    [
      'RUNNING',
      pod('Failed', { exitCode: 1, reason: 'Error' }),
      'FAILING',
      'driver container failed with ExitCode: 1, Reason: Error',
    ],
    ['RUNNING', pod('Failed'), 'FAILING', 'driver container status missing'],
    ['RUNNING', undefined, 'FAILING', 'driver pod not found'],
    ['SUCCEEDING', pod('Succeeded'), 'COMPLETED', undefined],
    ['FAILING', pod('Failed'), 'FAILED', 'it broke'],
    ['SUBMISSION_FAILED', undefined, 'FAILED', 'it broke'],
  ])('%s with %j', (state, driver, next, errorMessage) => {
    const applicationState = { state: next, ...(errorMessage && { errorMessage }) };
    expect(nextStep(app(state), driver, AT).status?.applicationState).toEqual(applicationState);
  });

  test.each([
    ['a new one is submitted', app(''), undefined, { submits: true }],
    ['a driver not yet seen has 10 s', app('SUBMITTED'), undefined, { lookAgainMs: 10_000 }],
    ['COMPLETED stays', app('COMPLETED', retries('Always')), pod('Succeeded'), {}],
    ['FAILED stays', app('FAILED', retries('Always')), undefined, {}],
    ['a retry waits for its interval', app('FAILING', retries('OnFailure', 1)), pod('Failed'), { lookAgainMs: 10_000 }],
    ['a rerun takes the old driver away first', app('PENDING_RERUN'), pod('Failed'), { removesDriver: true }],
    ['a rerun is submitted once the old driver is gone', app('PENDING_RERUN'), undefined, { submits: true }],
    [
      'a submission whose status was lost is taken up',
      app('PENDING_RERUN'),
      pod('Pending', undefined, 'two'),
      { submits: true },
    ],
  ])('%s', (_, given, driver, step) => expect(nextStep(given, driver, AT)).toEqual(step));

  test.each([
    ['OnFailure within its retries', retries('OnFailure', 1), {}, 'PENDING_RERUN'],
    ['OnFailure with no retries left', retries('OnFailure', 1), { executionAttempts: 2 }, 'FAILED'],
    ['OnFailure without a number', retries('OnFailure'), {}, 'FAILED'],
    ['Never', retries('Never', 5), {}, 'FAILED'],
    ['Always', retries('Always'), { executionAttempts: 99 }, 'PENDING_RERUN'],
  ])('FAILING, after the interval, %s', (_, spec, status, state) => {
    expect(nextStep(app('FAILING', spec, status), pod('Failed'), AT + 11_000).status?.applicationState.state).toBe(
      state,
    );
  });

  test('what is not supported fails and is named', () => {
    expect(nextStep(app('', { suspend: true }), undefined).status?.applicationState.errorMessage).toBe(
      'spec.suspend is not supported on this machine',
    );
  });
});
