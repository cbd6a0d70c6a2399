import type { V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { ActivityContext } from './context.ts';
import { keepLog } from './job-log.ts';

const job = 'iris-20260101-000000-abcdef-train-1';
const ref = { runId: 'iris-20260101-000000-abcdef', stage: 'train', attempt: 1 } as const;

const pod = (name: string, exitCode?: number): V1Pod => ({
  metadata: { name },
  ...(exitCode !== undefined && {
    status: {
      containerStatuses: [
        { name: 'pytorch', image: '', imageID: '', ready: false, restartCount: 0, state: { terminated: { exitCode } } },
      ],
    },
  }),
});

const tail = (log = '') => ({ lines: log === '' ? [] : log.split('\n'), isShortened: log.startsWith('late') });

/** Keeps the logs of pods and answers the lines that are shown and the file that was written. */
async function keep(pods: V1Pod[], logs: Record<string, string>) {
  const written: Record<string, string> = {};
  const cluster = { pods: async () => pods, log: async (name: string) => tail(logs[name]) };
  const lake = { write: async (path: string, text: string) => ((written[path] = text), true) };
  const context = { clients: { cluster: () => cluster, lake } } as unknown as ActivityContext;
  return { lines: await keepLog(context, ref), file: Object.values(written)[0], paths: Object.keys(written) };
}

test('the log that speaks of the error is shown, also when the master has said nothing or something else', async () => {
  const traceback = 'about to fail\nTraceback (most recent call last):\nValueError: no';
  for (const master of ['', 'warming up']) {
    const { lines } = await keep([pod(`${job}-master-0`), pod(`${job}-worker-0`)], {
      [`${job}-master-0`]: master,
      [`${job}-worker-0`]: traceback,
    });
    expect(lines[0]).toBe('about to fail');
  }
});

test('of two that speak of an error the one whose pod has failed is shown', async () => {
  const { lines } = await keep([pod(`${job}-master-0`), pod(`${job}-worker-0`, 1)], {
    [`${job}-master-0`]: 'RuntimeError: connection closed by peer',
    [`${job}-worker-0`]: 'ValueError: the cause',
  });
  expect(lines).toEqual(['ValueError: the cause']);
});

test('a failed pod is among those kept, however many there are; all go into one file of the run', async () => {
  const pods = Array.from({ length: 40 }, (_, index) => pod(`${job}-worker-${index}`, index === 33 ? 1 : undefined));
  const { lines, file, paths } = await keep(
    pods,
    Object.fromEntries(pods.map(({ metadata }) => [metadata?.name ?? '', `log of ${metadata?.name}`])),
  );
  expect(lines).toEqual([`log of ${job}-worker-33`]);
  expect(paths).toEqual(['runs/iris/iris-20260101-000000-abcdef/train/1/log.txt']);
  expect(file?.match(/==> /g)).toHaveLength(8);
});

test('without a log nothing is written, and long lines are cut', async () => {
  expect(await keep([pod(`${job}-master-0`)], {})).toMatchObject({ lines: [], paths: [] });
  expect((await keep([pod(`${job}-master-0`)], { [`${job}-master-0`]: 'x'.repeat(9_000) })).lines[0]).toHaveLength(400);
});

test('what is kept of a log says that more was there', async () => {
  const { file } = await keep([pod(`${job}-master-0`)], { [`${job}-master-0`]: 'late line' });
  expect(file).toBe(`==> ${job}-master-0 <==\n… earlier lines are left out\nlate line\n`);
});

test('pods of another attempt are left out', async () => {
  const other = `${job.slice(0, -1)}2-master-0`;
  const { file } = await keep([pod(other), pod(`${job}-master-0`)], { [other]: 'new', [`${job}-master-0`]: 'old' });
  expect(file).toBe(`==> ${job}-master-0 <==\nold\n`);
});
