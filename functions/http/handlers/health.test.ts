import { expect, test } from 'vitest';
import type { ClusterCondition } from '../../../shared/clients/cluster-condition.ts';
import type { Edge } from '../../edge.ts';
import { answering, health, room } from './health.ts';

/** What health says of the parts that a run writes to, where these are in trouble. */
async function saidOf(trouble: Partial<Record<'lake' | 'tables' | 'topic' | 'registry', Error>>, images = ['spark']) {
  const parts = ['lake', 'tables', 'topic', 'registry'] as const;
  const probe = (part: (typeof parts)[number]) => async () => {
    if (trouble[part]) throw trouble[part];
  };
  const clients = {
    probes: Object.fromEntries(parts.map((part) => [part, probe(part)])),
    registry: { digestOf: async (name: string) => (images.includes(name) ? 'sha256:1' : undefined) },
    cluster: () => ({ wake: async () => ({ awake: false, detail: 'the cluster to start' }) }),
  };
  const edge = { clients, pipelines: () => ({ pipelines: new Map(), broken: [] }) } as unknown as Edge;
  const { jsonBody } = (await health(edge)) as { jsonBody: { parts: { name: string; status: string }[] } };
  return jsonBody.parts.filter(({ status }) => status === 'Unhealthy');
}

const all = ['spark', 'training', 'serving'];

test('what runs write to is well where each was tried', async () => {
  expect(await saidOf({}, all)).toEqual([]);
});

test.each([
  ['lake', 'Storage Blob Data Contributor'],
  ['tables', 'Storage Table Data Contributor'],
  ['topic', 'EventGrid Data Sender'],
  ['registry', 'AcrPush'],
] as const)('where the app may not write to the %s the role is named', async (part, role) => {
  const said = await saidOf({ [part]: new Error('403 Forbidden') }, all);
  expect(said).toMatchObject([{ name: part, detail: '403 Forbidden', cure: expect.stringContaining(role) as string }]);
});

test('a base image that is missing is named, with what builds it', async () => {
  expect(await saidOf({})).toMatchObject([
    {
      name: 'registry',
      detail: 'there is no training:base, serving:base',
      cure: expect.stringContaining('build.sh') as string,
    },
  ]);
});

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
