import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatDifference, formatNumber, formatShare } from './number.ts';

test.each([
  [0, '0'],
  [0.97368, '0.9737'],
  [0.0001234, '1.23e-4'],
  [150, '150'],
  [12_345.6, '12,346'],
  [12_345_678, '1.23e+7'],
  [Number.NaN, 'NaN'],
])('%f is %s', (value, text) => expect(formatNumber(value)).toBe(text));

test('a difference has a sign, a share a percent sign', () => {
  expect([0.02, -0.02, 0].map(formatDifference)).toEqual(['+0.02', '−0.02', '±0']);
  expect(formatShare(0.12345)).toBe('12.3 %');
  expect([formatCount(1, 'file'), formatCount(5_000, 'file'), formatCount(2, 'batch', 'batches')]).toEqual([
    '1 file',
    '5,000 files',
    '2 batches',
  ]);
});

test.each([
  [1, '1 byte'],
  [999, '999 bytes'],
  [4_551, '4.6 kB'],
  [999_700, '1.0 MB'],
  [104_857_600, '105 MB'],
  [3e15, '3000 TB'],
])('%i bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
