import { expect, test } from 'vitest';
import { amount, quotaUse, type Quota } from './quota.ts';

const exhausted = (hard: Record<string, string>, used: Record<string, string>) =>
  quotaUse([{ spec: { hard }, status: { used } }])
    .filter(({ isExhausted }) => isExhausted)
    .map(({ resource }) => resource);

test.each([
  ['room is left', { pods: '100', 'requests.cpu': '64' }, { pods: '99', 'requests.cpu': '63500m' }, []],
  ['amounts are written otherwise', { 'requests.cpu': '64' }, { 'requests.cpu': '64000m' }, ['requests.cpu']],
  ['there are units', { 'requests.memory': '256Gi' }, { 'requests.memory': '262144Mi' }, ['requests.memory']],
  ['more is used since it was lowered', { pods: '10' }, { pods: '12' }, ['pods']],
  ['nothing is wanted of a resource', { persistentvolumeclaims: '0' }, { persistentvolumeclaims: '0' }, []],
])('where %s', (_, hard, used, expected) => expect(exhausted(hard as never, used as never)).toEqual(expected));

test('what is not counted yet is not in use, and each quota counts', () => {
  const quotas: Quota[] = [{ spec: { hard: { pods: '10' } } }, { spec: { hard: { 'requests.cpu': '1' } } }, {}];
  expect(quotaUse(quotas)).toEqual([
    { resource: 'pods', used: '0', hard: '10', isExhausted: false },
    { resource: 'requests.cpu', used: '0', hard: '1', isExhausted: false },
  ]);
});

test.each([
  ['64', 64],
  ['500m', 0.5],
  ['1.5', 1.5],
  ['1e3', 1_000],
  ['2k', 2_000],
  ['256Gi', 256 * 1_024 ** 3],
  ['1G', 1e9],
])('%s is an amount', (quantity, expected) => expect(amount(quantity)).toBe(expected));

test('what is no quantity is told', () => expect(() => amount('much')).toThrow('"much" is no quantity'));
