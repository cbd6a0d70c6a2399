import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { activityLine, LOG_PREFIX } from './log-line.ts';

const runId = 'iris-20260101-000000-abcdef';
const read = (line: string) => JSON.parse(line.slice(LOG_PREFIX.length)) as unknown;

test.each([
  [
    'a job',
    'submitJob',
    { runId, stage: 'train', attempt: 2 },
    { runId, pipeline: 'iris', stage: 'train', attempt: 2 },
  ],
  ['a stage', 'announceStage', { runId, stage: { name: 'build' } }, { runId, pipeline: 'iris', stage: 'build' }],
  ['no run', 'surveyLanding', { pipeline: 'iris' }, { pipeline: 'iris' }],
  ['nothing', 'x', undefined, {}],
  [
    'the end of a run',
    'closeRun',
    { runId, outcome: { status: 'Failed', error: { stage: 'train', reason: 'OOMKilled' } }, progress: {} },
    { runId, pipeline: 'iris', stage: 'train', status: 'Failed', reason: 'OOMKilled' },
  ],
])('an activity about %s says which', (_, activity, input, facts) => {
  expect(read(activityLine(activity, input))).toEqual({ activity, ...facts });
});

test('a validation says what the gate decided and which features drifted', () => {
  const drift = { drifted: true, share: 0.25, limit: 0.2, features: ['petal_length'] };
  const output = { gate: { decision: 'review', reasons: ['petal_length: psi 0.4'] }, champion: 'old', drift };
  const line = read(activityLine('validateModel', { runId, metrics: {} }, output));
  expect(line).toEqual({ activity: 'validateModel', runId, pipeline: 'iris', decision: 'review', drift });
});

test('the alert on failed runs reads these lines', () => {
  const query = readFileSync(new URL('../../bicep/monitoring/failed-run.kql', import.meta.url), 'utf8');
  expect(query).toContain(`'${LOG_PREFIX}'`);
  for (const field of ['activity', 'runId', 'status']) expect(query).toContain(`line.${field}`);
});
