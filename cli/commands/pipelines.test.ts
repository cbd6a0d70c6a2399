import { afterEach, expect, test } from 'vitest';
import { runCommand } from '../../tests/kit/command-line.ts';
import { startStandInApp, type StandInApp } from '../../tests/kit/stand-in-app.ts';

let app: StandInApp | undefined;
afterEach(() => app?.close());

const iris = { name: 'iris', description: 'Flowers.', enabled: true, landing: 'landing/iris/', champion: 'v1' };
const broken = {
  name: 'broken',
  description: '',
  enabled: true,
  error: 'broken/pipeline.yaml:4:3: colour: unknown field',
};
const source = { name: 'web', type: 'https', status: 'Unchanged', lastCheckedAt: '2026-03-01T10:15:02.000Z' };

test('pipelines are listed, and of those that are broken what is wrong', async () => {
  app = await startStandInApp({ 'GET pipelines': [{ body: { value: [broken, iris] } }, { body: { value: [] } }] });
  const { out } = await runCommand(['pipelines', '--api', app.url]);
  expect(out).toMatch(/broken +broken\niris +enabled +landing\/iris\/ +v1\n\nbroken\/pipeline\.yaml:4:3: colour/);
  expect((await runCommand(['pipelines', '--api', app.url])).out).toContain('landfall new');
});

test('one pipeline is shown with its schedule and its sources', async () => {
  const failed = {
    ...source,
    name: 'disk',
    status: 'Failed',
    error: { reason: 'HTTP401', message: 'Refused.', hint: 'Give a token.' },
  };
  const schedule = { cron: '0 6 * * *', timeZone: 'Europe/Berlin', nextAt: '2026-03-02T05:00:00.000Z' };
  app = await startStandInApp({ 'GET pipelines/iris': { body: { ...iris, schedule, sources: [source, failed] } } });
  const { out } = await runCommand(['pipelines', 'iris', '--api', app.url]);
  expect(out).toMatch(/schedule +0 6 \* \* \* \(Europe\/Berlin\), next 2026-03-02 05:00:00Z\n/);
  expect(out).toMatch(/web +https +Unchanged +2026-03-01 10:15:02Z\n/);
  expect(out).toMatch(/✖ disk: HTTP401: Refused\.\n {2}→ Give a token\.\n/);
});

test('sources are looked at now, and followed until they are done', async () => {
  const asked = { status: 202, body: { value: [{ source: 'web', status: 'Running' }], statusUrl: 'https://x' } };
  const at = (status: string, more = {}) => ({
    body: {
      ...iris,
      sources: [
        { ...source, status, ...more },
        { ...source, name: 'other', status: 'Running' },
      ],
    },
  });
  app = await startStandInApp({
    'POST pipelines/iris/collect': asked,
    'GET pipelines/iris': [
      at('Running'),
      at('Changed'),
      at('Failed', { error: { reason: 'Gone', message: 'It is gone.', hint: 'Look.' } }),
    ],
  });
  expect(await runCommand(['collect', 'iris', 'web', '--api', app.url])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^web {2}Running\n/) as string,
  });
  expect(app.received[0]?.body).toEqual({ source: 'web' });
  const good = await runCommand(['collect', 'iris', '--follow', '--api', app.url]);
  expect(good).toMatchObject({ code: 0, out: expect.stringMatching(/web +https +Changed/) as string });
  expect(app.received[1]?.body).toEqual({});
  const bad = await runCommand(['collect', 'iris', '--follow', '--api', app.url]);
  expect(bad).toMatchObject({ code: 1, out: expect.stringContaining('✖ web: Gone: It is gone.') as string });
});

test('what became of a file is told, and what waits', async () => {
  const arrival = { pipeline: 'iris', eTag: '0x1', size: 4_551, at: '2026-03-01T10:15:02.000Z' };
  const run = {
    pipeline: 'iris',
    runId: 'r',
    eTag: '0x1',
    status: 'Succeeded',
    modelVersion: 'v1',
    modelStatus: 'Deployed',
  };
  const name = 'landing/iris/ä %41 <b>.csv';
  app = await startStandInApp({
    'GET arrivals': ({ query }) =>
      query.get('path') === name
        ? {
            body: {
              path: name,
              value: [
                { ...arrival, runId: 'r', batchId: 'b' },
                { ...arrival, waiting: true },
              ],
              runs: [run],
            },
          }
        : { body: { path: query.get('path'), value: [], runs: [] } },
    'GET pipelines/iris/waiting': [
      { body: { value: [{ path: name, eTag: '0x1', size: 0, at: arrival.at, marker: true }] } },
      { body: { value: [] } },
    ],
  });
  const { out } = await runCommand(['arrivals', name.replace('landing/', ''), '--api', app.url]);
  expect(out).toMatch(
    /2026-03-01 10:15:02Z +iris +4\.55 kB +0x1 +r\n.*waits\n\nRUN.*\nr +Succeeded +0x1 +v1 +Deployed\n/,
  );
  expect((await runCommand(['arrivals', 'iris/b.csv', '--api', app.url])).out).toContain(
    'landing/iris/b.csv never came',
  );
  expect((await runCommand(['waiting', 'iris', '--api', app.url])).out).toContain(`0 bytes  ${name} (marker)\n`);
  expect((await runCommand(['waiting', 'iris', '--api', app.url])).out).toBe('Nothing waits.\n');
});
