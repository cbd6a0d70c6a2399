import { expect, test } from 'vitest';
import { readTail } from './log-tail.ts';

const LIMITS = { lines: 3, bytes: 100, lineBytes: 10 };

async function* inChunks(log: string, size: number) {
  const bytes = Buffer.from(log);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test.each<[string, string, string[], boolean]>([
  ['nothing', '', [], false],
  ['few lines', 'a\n\nb\n', ['a', '', 'b'], false],
  ['a last line without an end', 'a\nb', ['a', 'b'], false],
  ['blank lines at the end', 'a\n \n\n', ['a'], false],
  ['more lines than are wanted', 'a\nb\nc\nd\n', ['b', 'c', 'd'], true],
  ['a progress bar', 'Epoch 1\n\r 0%\r50%\r99%\n', [' 0%', '50%', '99%'], true],
  ['lines of Windows', 'a\r\nb\r\n', ['a', 'b'], false],
  ['a long line', `a\n${'x'.repeat(15)}\nb`, ['a', 'xxxxxxxxxx … 5 bytes more', 'b'], false],
  ['letters of several bytes', 'äöü\n…\n', ['äöü', '…'], false],
])('of %s the end is kept, however it comes', async (_, log, lines, isShortened) => {
  for (const size of [1, 2, 1_000]) {
    expect(await readTail(inChunks(log, size), LIMITS)).toEqual({ lines, isShortened });
  }
});

test('few but long lines are bounded too', async () => {
  const long = { lines: 100, bytes: 100, lineBytes: 1_000 };
  const log = ['a', 'b', 'c'].map((letter) => letter.repeat(60)).join('\n');
  expect(await readTail(inChunks(log, 7), long)).toEqual({ lines: ['c'.repeat(60)], isShortened: true });
});
