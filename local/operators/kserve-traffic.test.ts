import { describe, expect, test } from 'vitest';
import { pickBackend } from './gateway.ts';
import { noteRollout, shareTraffic, type Revisions } from './kserve-traffic.ts';

const revisions = (created: string, ready?: string, rolledOut?: string, previous?: string): Revisions => ({
  latestCreatedRevision: created,
  ...(ready && { latestReadyRevision: ready }),
  ...(rolledOut && { latestRolledoutRevision: rolledOut }),
  ...(previous && { previousRolledoutRevision: previous }),
});

describe('traffic is shared between revisions', () => {
  test.each([
    ['nothing is ready yet', revisions('1'), undefined, []],
    ['a first deployment knows no canary', revisions('1', '1'), 0, [['1', 100]]],
    [
      'a canary that is not ready',
      revisions('2', '1', '1'),
      0,
      [
        ['1', 0],
        ['1', 100],
      ],
    ],
    [
      'a canary of 0',
      revisions('2', '2', '1'),
      0,
      [
        ['2', 0],
        ['1', 100],
      ],
    ],
    [
      'a canary of 10',
      revisions('2', '2', '1'),
      10,
      [
        ['2', 10],
        ['1', 90],
      ],
    ],
    ['a canary of 100', revisions('2', '2', '1'), 100, [['2', 100]]],
    ['promoted', revisions('2', '2', '1'), undefined, [['2', 100]]],
  ])('%s', (_, given, canary, shares) => {
    const traffic = shareTraffic(given, canary, true);
    expect(traffic.map(({ revisionName, percent }) => [revisionName, percent])).toEqual(shares);
    expect(traffic.map(({ tag }) => tag)).toEqual(['latest', 'prev'].slice(0, traffic.length));
  });

  test('one patch with a new spec and 0 gives the new revision nothing and the one before all, tagged prev', () => {
    expect(shareTraffic(revisions('2', '2', '1'), 0, false)).toEqual([
      { revisionName: '2', latestRevision: true, percent: 0 },
      { revisionName: '1', latestRevision: false, percent: 100, tag: 'prev' },
    ]);
  });
});

describe('what is rolled out', () => {
  test.each([
    ['a first revision', revisions('1', '1'), undefined, revisions('1', '1', '1')],
    ['a canary is not', revisions('2', '2', '1'), 10, revisions('2', '2', '1')],
    ['a promotion keeps the one before', revisions('2', '2', '1'), undefined, revisions('2', '2', '2', '1')],
    ['a split with itself is a roll-back', revisions('2', '2', '2', '1'), 0, revisions('2', '2', '1', '1')],
    [
      'a new revision that is not ready rolls nothing back',
      revisions('3', '2', '2', '1'),
      0,
      revisions('3', '2', '2', '1'),
    ],
  ])('%s', (_, given, canary, expected) => {
    expect(noteRollout(given, shareTraffic(given, canary, false))).toEqual(expected);
  });
});

test('the gateway splits by percent and never picks a revision without traffic', () => {
  const backends = [0, 10, 90].map((percent) => ({ percent, ports: [] }));
  const draws = Array.from({ length: 1_000 }, (_, index) => pickBackend(backends, index / 1_000)?.percent);
  expect([0, 10, 90].map((percent) => draws.filter((drawn) => drawn === percent).length)).toEqual([0, 100, 900]);
  expect(pickBackend([], 0.5)).toBeUndefined();
});
