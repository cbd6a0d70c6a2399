import { expect, test } from 'vitest';
import { columnValues } from './column-values.ts';
import { reasonToLeaveOut } from './leave-out.ts';

test.each([
  ['whole numbers', ['1', '-2', '30'], 'integer'],
  ['decimal numbers', ['1', '2.5', '-.5', '1e-3'], 'number'],
  ['numbers with a missing one', ['1.5', '', 'NA', '2'], 'number'],
  ['numbers among which None is a missing one', ['1', 'None', '2'], 'integer'],
  ['codes with leading zeros', ['01234', '12345'], 'category'],
  ['whole numbers beyond what is exact', ['12345678901234567', '1'], 'number'],
  ['numbers beyond the largest', ['1e999', '1'], 'category'],
  ['what Java alone takes for numbers', ['1f', '2'], 'category'],
  ['true and false', ['true', 'FALSE', ''], 'boolean'],
  ['yes and no', ['yes', 'No'], 'boolean'],
  ['0 and 1', ['0', '1'], 'integer'],
  ['days', ['2026-11-24', '2024-02-29'], 'date'],
  ['times', ['2026-11-24T10:00:00Z', '2026-11-24 10:00'], 'date'],
  ['days that are none', ['2026-02-30', '2026-02-01'], 'category'],
  ['text', ['red', 'green'], 'category'],
  ['text among which none is a value', ['none', 'some'], 'category'],
  ['numbers and text', ['1', 'two'], 'category'],
])('%s', (_, texts, kind) => {
  expect(columnValues('x', texts).kind).toBe(kind);
});

test('missing values are counted, and the texts that mean them are kept', () => {
  const values = columnValues('x', ['1', 'NA', '', '?', '3', '2']);
  expect(values).toMatchObject({ present: 3, missing: 3, missingTexts: ['?', 'NA'], min: 1, max: 3 });
  expect(values.spread).toBeCloseTo(0.816, 3);
});

test('the most frequent value comes first', () => {
  expect([...columnValues('x', ['b', 'a', 'c', 'c']).counts]).toEqual([
    ['c', 2],
    ['a', 1],
    ['b', 1],
  ]);
});

const numbered = (make: (index: number) => string) => Array.from({ length: 100 }, (_, index) => make(index));

test.each([
  ['an empty column', 'x', numbered(() => ''), /no value at all/],
  ['a constant', 'x', numbered(() => '7'), /the same value in every row/],
  ['one value and gaps', 'x', numbered((index) => (index < 50 ? 'a' : '')), /only one value/],
  ['counted rows', 'x', numbered((index) => String(index + 1)), /an id/],
  ['sparse ids that are named so', 'customer_id', numbered((index) => String(index * 17)), /an id/],
  ['free text', 'x', numbered((index) => `text ${index}`), /100 different values in 100 rows/],
  ['decimal commas', 'x', numbered((index) => `${index % 9},5`), /decimal comma/],
])('%s is left out', (_, name, texts, reason) => {
  expect(reasonToLeaveOut(columnValues(name, texts))).toMatch(reason);
});

test.each([
  ['different decimal numbers', 'x', numbered((index) => `${index}.5`)],
  ['different whole numbers that are no ids', 'weight', numbered((index) => String(index * 17))],
  ['a category', 'x', numbered((index) => `c${index % 5}`)],
  ['a constant with another value', 'x', numbered((index) => (index === 3 ? 'b' : 'a'))],
])('%s is kept', (_, name, texts) => {
  expect(reasonToLeaveOut(columnValues(name, texts))).toBeUndefined();
});
