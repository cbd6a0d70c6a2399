import { expect, test } from 'vitest';
import openapi from '../../docs/api/openapi.json' with { type: 'json' };
import { lookOf, wordsOf } from './status.ts';

const schemas = Object.values<object>(openapi.components.schemas) as {
  properties?: { status?: { enum?: string[] } };
}[];
const statuses = schemas.flatMap(({ properties }) => properties?.status?.enum ?? []);

test('every status of the API has a look of its own', () => {
  expect(statuses).toContain('Quarantined');
  const plain = new Set(statuses.filter((status) => lookOf(status).icon === 'dots'));
  expect([...plain].filter((status) => !['Pending', 'Candidate', 'NeverChecked'].includes(status))).toEqual([]);
});

test('a status that is new to the page is shown plainly, in words', () => {
  expect(lookOf('SomethingNew')).toEqual({ tone: 'idle', icon: 'dots' });
  expect(wordsOf('NeverChecked')).toBe('Never Checked');
});
