import { expect, test } from 'vitest';
import { readLog, writeLog } from './kept-log.ts';

const job = 'iris-20260301-101502-3fa9c1-train-1';

test.each([
  ['nothing', []],
  ['one pod', [{ pod: `${job}-master-0`, lines: ['a', '', 'b'] }]],
  [
    'several pods, and lines that look like a heading',
    [
      { pod: `${job}-master-0`, lines: ['==> a file of tail <==', ''] },
      { pod: `${job}-worker-0`, lines: ['', 'x'] },
    ],
  ],
])('a log of %s is read as it was written', (_, pods) => {
  expect(readLog(writeLog(pods), job)).toEqual(pods);
});
