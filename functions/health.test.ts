import { expect, test } from 'vitest';
import type { ClusterCondition } from '../shared/clients/cluster-condition.ts';
import { answering, room } from './health.ts';

const pods = { resource: 'pods', used: '4', hard: '100', isExhausted: false };
const well: ClusterCondition = { versions: ['v1'], unanswered: [], answered: 2 };

function thrown(ask: () => string): unknown {
  try {
    return ask();
  } catch (error) {
    return error;
  }
}

test.each([
  ['an operator works', {}, 'pytorchjobs v1 (their operator answers, 2 there)'],
  ['there is nothing to know it by', { answered: 0 }, 'pytorchjobs v1 (none there)'],
  ['other versions are served too', { versions: ['v2', 'v1'] }, 'pytorchjobs v1 (their operator answers, 2 there)'],
])('where %s it says so', (_, found, said) => expect(answering('PyTorchJob', { ...well, ...found })).toBe(said));

test.each([
  ['the kind is unknown', { versions: [] }, 'kubeflow.org is not served', /Install.*training\/operators\.txt/],
  ['only others are served', { versions: ['v2'] }, /as v2, and the app speaks v1/, /in the version of/],
  ['the operator is silent', { unanswered: ['a', 'b'] }, /says nothing of pytorchjobs a, b/, /runs, and its log/],
])('where %s it says so with the cure', (_, found, message, cure) => {
  const error = thrown(() => answering('PyTorchJob', { ...well, ...found }));
  expect(error).toMatchObject({ message: expect.stringMatching(message), cure: expect.stringMatching(cure) });
});

test('the room is told, and where there is none its cure', () => {
  expect(room('training', [pods])).toBe('quota: pods 4 of 100');
  expect(room('training', [])).toBe('no quota');
  const full = thrown(() => room('training', [pods, { ...pods, used: '100', isExhausted: true }]));
  expect(full).toMatchObject({
    message: 'the quota is used up: pods 100 of 100',
    cure: expect.stringContaining('workloads/clusters/training/resource-quota.yaml') as string,
  });
});
