import { describe, expect, test } from 'vitest';
import { isNew, take, takenUpTo, trimmed, type ContainerFile, type Taken } from './taken.ts';

const START = Date.UTC(2026, 2, 1, 12);
const file = (name: string, second: number, eTag = `${second}`): ContainerFile => ({
  name,
  eTag,
  size: 1,
  modifiedAt: new Date(START + second * 1_000).toISOString(),
});
function takenOf(...files: ContainerFile[]): Taken {
  const taken = takenUpTo(undefined);
  for (const one of files) take(taken, one);
  return trimmed(taken);
}
const DAY = 86_400;

describe('a file is new', () => {
  test('where nothing was taken, and where it comes after what was', () => {
    expect(isNew(takenUpTo(undefined), file('a', 0))).toBe(true);
    const taken = takenOf(file('b', 3));
    expect([file('a', 4), file('c', 3)].map((one) => isNew(taken, one))).toEqual([true, true]);
    expect(isNew(taken, file('b', 3))).toBe(false);
  });

  test('where it was renamed into place, and has kept its time, after a later one was taken', () => {
    const taken = takenOf(file('a', 0), file('c', 100));
    expect(isNew(taken, file('b', 50))).toBe(true);
    take(taken, file('b', 50));
    expect([file('a', 0), file('b', 50), file('c', 100)].map((one) => isNew(taken, one))).toEqual([
      false,
      false,
      false,
    ]);
    expect(taken.watermark).toEqual({ name: 'c', modifiedAt: file('c', 100).modifiedAt });
  });

  test('where it was renamed over one that was taken', () => {
    expect(isNew(takenOf(file('a', 0), file('c', 100)), file('a', 50, 'renamed'))).toBe(true);
  });

  test('but not where it lies more than a day before', () => {
    const taken = takenOf(file('a', 0), file('c', DAY));
    expect([file('b', 0), file('b', 1)].map((one) => isNew(taken, one))).toEqual([false, true]);
  });

  test('but not before the watermark, where nothing else is known', () => {
    const taken = takenUpTo({ name: 'c', modifiedAt: file('c', 100).modifiedAt });
    expect([file('b', 50), file('b', 100), file('d', 100)].map((one) => isNew(taken, one))).toEqual([
      false,
      false,
      true,
    ]);
    take(taken, file('d', 200));
    expect([file('b', 50), file('b', 150)].map((one) => isNew(trimmed(taken), one))).toEqual([false, true]);
  });
});

test('marks are kept for a day, and of many the newest: nothing that was taken is new again', () => {
  const files = Array.from({ length: 100 }, (_, index) => file(`f${index}`, Math.floor(index / 3) * 3_600));
  const taken = takenUpTo(undefined);
  for (const one of files) take(taken, one);
  expect(trimmed(taken).marks.size).toBe(24 * 3 + 1 - 3);
  const few = trimmed(taken, 10);
  expect(few.marks.size).toBeLessThanOrEqual(10);
  expect(few.marks.size).toBeGreaterThan(0);
  expect(files.filter((one) => isNew(few, one))).toEqual([]);
  expect(files.filter((one) => isNew(trimmed(taken), one))).toEqual([]);
});
