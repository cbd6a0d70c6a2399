import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from './lock.mjs';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'landfall-lock-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

test('the second waits until the first is done', async () => {
  const file = join(dir, 'lock');
  const seen: string[] = [];
  const hold = (name: string, ms: number) =>
    withLock(file, async () => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, ms));
      seen.push(`${name} ends`);
    });
  await Promise.all([hold('first', 50), hold('second', 0)]);
  expect(seen).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  expect(existsSync(file)).toBe(false);
});

test('a lock whose holder died is taken over', async () => {
  const file = join(dir, 'lock');
  writeFileSync(file, '999999999');
  expect(await withLock(file, () => Promise.resolve('done'))).toBe('done');
});

test('work that fails gives the lock back', async () => {
  const file = join(dir, 'lock');
  await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(file)).toBe(false);
});
