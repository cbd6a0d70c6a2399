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
    error: { reason: 'HTTP401', message: 'Refused.\nLast log lines:\n  no token', hint: 'Give a token.' },
  };
  const schedule = { cron: '0 6 * * *', timeZone: 'Europe/Berlin', nextAt: '2026-03-02T05:00:00.000Z' };
  app = await startStandInApp({ 'GET pipelines/iris': { body: { ...iris, schedule, sources: [source, failed] } } });
  const { out } = await runCommand(['pipelines', 'iris', '--api', app.url]);
  expect(out).toMatch(/schedule +0 6 \* \* \* \(Europe\/Berlin\), next 2026-03-02 05:00:00Z\n/);
  expect(out).toMatch(/web +https +Unchanged +2026-03-01 10:15:02Z\n/);
  expect(out).toContain('✖ disk: HTTP401: Refused.\n    Last log lines:\n      no token\n  → Give a token.\n');
});

const asked = { status: 202, body: { value: [{ source: 'web', status: 'Running' }], statusUrl: 'https://x' } };
const [earlier, later] = ['2026-03-01T10:15:02.000Z', '2026-03-01T10:20:00.000Z'];
/** The pipeline with its source as it stands, beside one that nobody asked for. */
const withSource = (status: string, lastCheckedAt: string | undefined, more = {}) => ({
  body: {
    ...iris,
    sources: [
      { name: 'web', type: 'https', status, ...(lastCheckedAt && { lastCheckedAt }), ...more },
      { ...source, name: 'other', status: 'Running' },
    ],
  },
});
const gone = { error: { reason: 'Gone', message: 'It is gone.', hint: 'Look.' } };

test('sources are looked at now', async () => {
  app = await startStandInApp({ 'POST pipelines/iris/collect': asked });
  const { code, out } = await runCommand(['collect', 'iris', 'web', '--api', app.url]);
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/^web {2}Running\n/) as string });
  expect(app.received[0]?.body).toEqual({ source: 'web' });
});

// The app only schedules a look: what it says at first is what the look before has found.
test.each<[what: string, answers: ReturnType<typeof withSource>[], code: number, text: RegExp]>([
  [
    'the failure before it is not taken for it',
    [withSource('Failed', earlier, gone), withSource('Failed', earlier, gone), withSource('Changed', later)],
    0,
    /^ {2}… waiting for the app to look at web\nSOURCE.*\nweb +https +Changed +2026-03-01 10:20:00Z/,
  ],
  [
    'its failure is told after a success',
    [
      withSource('Changed', earlier),
      withSource('Changed', earlier),
      withSource('Running', later),
      withSource('Failed', later, gone),
    ],
    1,
    /waiting .*\n {2}… looking at web\n(.*\n)*✖ web: Gone: It is gone\./,
  ],
  [
    'the first of all is waited for',
    [withSource('NeverChecked', undefined), withSource('NeverChecked', undefined), withSource('Unchanged', later)],
    0,
    /waiting .*\n(.*\n)*web +https +Unchanged/,
  ],
  [
    'one that goes on already is the one',
    [withSource('Running', earlier), withSource('Running', earlier), withSource('Changed', earlier)],
    0,
    /^ {2}… looking at web\nSOURCE.*\nweb +https +Changed/,
  ],
])('a look is followed to its end: %s', async (_, answers, code, text) => {
  app = await startStandInApp({ 'POST pipelines/iris/collect': asked, 'GET pipelines/iris': answers });
  const ended = await runCommand(['collect', 'iris', '--follow', '--api', app.url]);
  expect(ended).toMatchObject({ code, err: '', out: expect.stringMatching(text) as string });
  expect(app.received.map(({ method }) => method)).toEqual(['GET', 'POST', ...answers.slice(1).map(() => 'GET')]);
});

test('a look that does not begin is given up after two minutes', async () => {
  app = await startStandInApp({
    'POST pipelines/iris/collect': asked,
    'GET pipelines/iris': withSource('Changed', earlier),
  });
  let time = 0;
  const ended = await runCommand(['collect', 'iris', '-f', '--api', app.url], { now: () => (time += 50_000) });
  expect(ended).toMatchObject({
    code: 1,
    err: expect.stringMatching(/not begun to look at web within 2 min 0 s\.\n {2}→ .*landfall doctor/) as string,
  });
});

test('a source that is not configured is not waited for', async () => {
  const unset = { status: 202, body: { value: [{ source: 'web', status: 'NotConfigured' }], statusUrl: 'https://x' } };
  app = await startStandInApp({
    'POST pipelines/iris/collect': unset,
    'GET pipelines/iris': withSource('NotConfigured', undefined, gone),
  });
  const { code, out } = await runCommand(['collect', 'iris', '--follow', '--api', app.url]);
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('✖ web: Gone') as string });
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
