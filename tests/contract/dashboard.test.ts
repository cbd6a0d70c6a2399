import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ActivityContext } from '../../orchestrations/activities/context.ts';
import { podLines } from '../../orchestrations/activities/job-log.ts';
import { readTail } from '../../shared/jobs/log-tail.ts';
import {
  expectAccessible,
  expectFits,
  LACKS_BROWSER,
  PHONE,
  picture,
  startBrowser,
  watchPage,
} from '../kit/browser.ts';
import {
  at,
  backfill,
  batchOf,
  CHAMPION,
  DOUBTFUL,
  doubtfulRun,
  EVERYDAY,
  FAILED,
  failedRun,
  OVER,
  overRun,
  pipeline,
  review,
} from '../kit/page-answers.ts';
import { problem, type Received, type Reply } from '../kit/stand-in-app.ts';
import { buildPage, startStandInPage, type StandInPage } from '../kit/stand-in-page.ts';

const location = { location: 'https://landfall.example' };
/** What the app keeps of a pod's log. */
const LIMITS = { lines: 2_000, bytes: 1024 * 1024, lineBytes: 4 * 1024 };
const isPost = ({ method }: Received) => method === 'POST';
const keyOf = ({ headers }: Received) => headers['idempotency-key'];

/**
 * The page in a browser, over answers that are held against the document of the HTTP API: what people do with it, and
 * what becomes of it when the app is slow, refuses or tells much. tests/e2e/dashboard.test.ts has it over the whole platform.
 */
describe.skipIf(LACKS_BROWSER)('the page in a browser (it needs Chromium: apt-get install chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-page-'));
  const closers: (() => Promise<void>)[] = [];
  let browser: Browser;
  let site: StandInPage;
  let page: Page;
  let seen: string[];

  beforeAll(async () => {
    [browser] = await Promise.all([startBrowser(), buildPage(folder)]);
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (place: string, answers: Parameters<typeof startStandInPage>[1] = {}, how: How = {}) => {
    const { fast = 1, ...options } = how;
    site = await startStandInPage(folder, { ...EVERYDAY, ...answers });
    closers.push(site.close);
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en', ...options });
    closers.push(() => context.close());
    // What the page waits for at most passes so much faster.
    await context.addInitScript(`const wait = AbortSignal.timeout; AbortSignal.timeout = (ms) => wait(ms / ${fast});`);
    page = await context.newPage();
    seen = watchPage(page, site.url);
    // A clock that is set would know nothing of that.
    if (fast === 1) await page.clock.setFixedTime(at('12:00:00'));
    await page.goto(`${site.url}/api/dashboard/${place}`);
  };
  type How = BrowserContextOptions & { fast?: number };
  const goTo = async (place: string, heading: string | RegExp) => {
    await page.evaluate(`location.hash = ${JSON.stringify(place)}`);
    await heading1(heading).waitFor();
  };
  const heading1 = (name: string | RegExp) => page.getByRole('heading', { name, level: 1 });
  const button = (name: string) => page.getByRole('button', { name });
  const inDialog = (name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true });
  const main = () => page.getByRole('main');
  const posts = () => site.received.filter(isPost);

  describe('a decision', () => {
    test('can be a rejection, with a word to it', async () => {
      const decided = { status: 'Rejected', decidedBy: 'Ada', decidedAt: at('12:00:00'), comment: 'a broken sensor' };
      let isDecided = false;
      await open(`#/runs/${DOUBTFUL}/review`, {
        [`GET runs/${DOUBTFUL}`]: () => {
          if (!isDecided) return { body: doubtfulRun };
          const { waitingFor: _, ...run } = doubtfulRun;
          return {
            body: { ...run, status: 'Rejected', review: { ...review, ...decided }, finishedAt: at('12:00:01') },
          };
        },
        [`POST runs/${DOUBTFUL}/review`]: () => {
          isDecided = true;
          return { status: 202, body: { ...review, ...decided } };
        },
      });
      await page.getByRole('region', { name: 'Metrics' }).getByText('accuracy').waitFor();
      await page.getByLabel('Comment').fill('a broken sensor');
      await page.getByLabel('Your name').fill('Ada');
      await picture(page, 'deciding');
      await button('Reject').click();
      await main().locator('.title .chip').getByText('Rejected').first().waitFor();
      await main().getByText('a broken sensor').waitFor();
      expect(posts().map(({ body }) => body)).toEqual([
        { decision: 'rejected', comment: 'a broken sensor', by: 'Ada' },
      ]);
      expect(await button('Approve').count()).toBe(0);
      await expectAccessible(page);
      expect(seen).toEqual([]);
    });

    test('that came too late says so, and stays to be read', async () => {
      await open(`#/runs/${DOUBTFUL}/review`, {
        [`POST runs/${DOUBTFUL}/review`]: problem(409, 'The review was decided by Grace.', { hint: 'See the run.' }),
      });
      await button('Reject').click();
      await page.getByRole('alert').getByText('The review was decided by Grace.').waitFor();
    });
  });

  describe('an app that is slow', () => {
    test('is waited for with words, and what comes then is shown', async () => {
      await open('#/runs');
      await heading1('Runs').waitFor();
      const held = Promise.withResolvers<undefined>();
      await page.route(`**/api/runs/${OVER}`, async (route) => {
        await held.promise;
        await route.continue();
      });
      await page.getByRole('link', { name: OVER }).click();
      await page.getByText('Asking the app…').waitFor();
      await page.getByText('The app takes its time; it may be starting…').waitFor({ timeout: 10_000 });
      await expectAccessible(page);
      held.resolve(undefined);
      await main().getByText('all traffic').waitFor();
      expect(seen).toEqual([]);
    });

    test('is asked again by itself once it has not answered for too long', async () => {
      await open(
        '#/runs',
        { 'GET runs': [{ hangs: true }, { hangs: true }, { hangs: true }, { body: { value: [] } }] },
        { fast: 100 },
      );
      await page.getByRole('alert').getByText('The app has not answered for 30 seconds.').waitFor({ timeout: 15_000 });
      await page.getByRole('alert').getByText('This page asks again by itself.').waitFor();
      await page.getByText('There is no run yet').waitFor({ timeout: 15_000 });
    });
  });

  describe('what is started by hand is started once', () => {
    const started = { status: 202, body: { runId: OVER, statusUrl: 'https://x' }, headers: location };

    test('a run, when the first request had no answer', async () => {
      await open('#/', { 'POST pipelines/iris/runs': [{ hangs: true }, started] }, { fast: 100 });
      await button('Start a run').click();
      await inDialog('Start').click();
      await page.getByRole('alert').getByText('has not answered for 30 seconds').waitFor();
      await inDialog('Start').click();
      await heading1(`Run ${OVER}`).waitFor();
      await goTo('#/pipelines/iris', 'iris');
      await button('Start a run').click();
      await inDialog('Start').click();
      await heading1(`Run ${OVER}`).waitFor();
      const [first, second, third] = posts().map(keyOf);
      expect(first).toMatch(/^[0-9a-f]{32}$/);
      expect(second).toBe(first);
      expect(third).not.toBe(first);
    });

    test('a run again, and from another stage it is another one', async () => {
      await open(
        `#/runs/${OVER}`,
        { [`POST runs/${OVER}/rerun`]: [{ hangs: true }, { hangs: true }, started] },
        { fast: 100 },
      );
      await button('Run it again…').click();
      for (const stage of ['train', 'train', 'validate']) {
        await page.getByLabel('From stage').selectOption(stage);
        await page.getByRole('dialog').locator('[type=submit]:enabled').click();
      }
      await expect.poll(() => posts().length).toBe(3);
      const [first, second, third] = posts().map(keyOf);
      expect(second).toBe(first);
      expect(third).not.toBe(first);
    });

    test('a backfill, and the same span once more is another one', async () => {
      const parts = backfill('Running').partitions;
      const plan = { body: { partitions: parts.map(({ from, to, files, bytes }) => ({ from, to, files, bytes })) } };
      const goes = { backfillId: backfill('Running').backfillId, statusUrl: 'https://x', partitions: parts };
      const accepted = { status: 202, body: goes, headers: location };
      const answers = [{ hangs: true }, accepted, accepted];
      await open(
        '#/backfills/iris',
        {
          'POST pipelines/iris/backfill': ({ body }): Reply =>
            (body as { dryRun: boolean }).dryRun ? plan : (answers.shift() ?? accepted),
        },
        { fast: 100 },
      );
      await page.getByLabel('From').fill('2026-02-01');
      await page.getByLabel('To, that day included').fill('2026-02-03');
      const look = button('Show what would run');
      await look.click();
      await page.getByRole('region', { name: 'What would run' }).getByText('Feb 3, 2026').waitFor();
      await picture(page, 'backfill-planned');
      await expectAccessible(page);
      await button('Start it').click();
      await page.getByRole('alert').getByText('has not answered for 30 seconds').waitFor();
      await button('Start it').click();
      await button('Start it').waitFor({ state: 'detached' });
      await look.click();
      await button('Start it').click();
      await button('Start it').waitFor({ state: 'detached' });
      const keys = posts()
        .filter(({ body }) => !(body as { dryRun: boolean }).dryRun)
        .map(keyOf);
      expect(keys).toHaveLength(3);
      expect(keys[1]).toBe(keys[0]);
      expect(keys[2]).not.toBe(keys[0]);
      expect(seen).toEqual([]);
    });
  });

  test('a backfill is paused and goes on', async () => {
    let status = 'Running';
    const become = (next: string) => () => {
      status = next;
      return { status: 202, body: backfill(next) };
    };
    const { backfillId } = backfill(status);
    await open('#/backfills/iris', {
      'GET pipelines/iris/backfills': () => ({ body: { value: [backfill(status)] } }),
      [`POST backfills/${backfillId}/pause`]: become('Paused'),
      [`POST backfills/${backfillId}/resume`]: become('Running'),
    });
    const card = page.getByRole('article', { name: `Backfill ${backfillId}` });
    await card.getByText('1 of 3 parts over').waitFor();
    await card.getByRole('heading', { name: 'Feb 1 – 3, 2026' }).waitFor();
    await card.getByRole('button', { name: 'Pause' }).click();
    await card.getByText('Paused').waitFor();
    await page.getByRole('status').getByText('The backfill pauses.').waitFor({ state: 'attached' });
    await expectAccessible(page);
    await card.getByRole('button', { name: 'Resume' }).click();
    await card.getByRole('button', { name: 'Pause' }).waitFor();
    expect(posts().map(({ path }) => path.split('/').at(-1))).toEqual(['pause', 'resume']);
    expect(seen).toEqual([]);
  });

  describe('sources', () => {
    test('are looked at when somebody asks for it', async () => {
      const [published, ...others] = pipeline.sources;
      let changed: object = {};
      const now = () => ({ ...pipeline, sources: [{ ...published, ...changed }, ...others] });
      await open('#/pipelines/iris', {
        'GET pipelines/iris': () => ({ body: now() }),
        'POST pipelines/iris/collect': () => {
          changed = { status: 'Changed', lastCheckedAt: at('11:59:50'), lastChangedAt: at('11:59:50') };
          const value = [{ source: 'published', status: 'Running' }];
          return { status: 202, body: { value, statusUrl: 'https://x' }, headers: location };
        },
      });
      const row = page.getByRole('row').filter({ hasText: 'published' });
      await row.getByText('15 min ago').waitFor();
      await button('Collect now').click();
      await main().getByText('Collecting from published.').waitFor();
      await row.getByText('Changed').waitFor();
      await row.getByText('10 s ago').first().waitFor();
      expect(posts()[0]?.body).toEqual({});
      await expectAccessible(page);
      expect(seen).toEqual([]);
    });

    test('that cannot be looked at say why', async () => {
      await open('#/', {
        'POST pipelines/iris/collect': problem(409, 'iris has no sources.', { hint: 'Declare one.' }),
      });
      await button('Collect now').click();
      await page.getByRole('alert').getByText('iris has no sources.').waitFor();
      await page.getByRole('alert').getByText('Declare one.').waitFor();
    });
  });

  test('of a huge log the end is shown, and the page goes on answering', async () => {
    // What the app reads of 100,000 lines of each of its pods.
    const all = Array.from({ length: 100_000 }, (_, line) => `line ${line + 1} <b>${'of the log '.repeat(20)}</b>\n`);
    const log = await readTail(Readable.from([Buffer.from(all.join(''))]), LIMITS);
    const pod = (rank: number) => ({ metadata: { name: `${FAILED}-train-1-worker-${rank}` } });
    const cluster = { pods: async () => [0, 1, 2, 3, 4, 5, 6, 7].map(pod), log: async () => log };
    const context = { clients: { cluster: () => cluster } } as unknown as ActivityContext;
    const read = await podLines(context, { runId: FAILED, stage: 'train', attempt: 1 });
    const pods = read.map(({ pod: name, lines }) => ({ pod: name, lines }));
    const { error: _, finishedAt: __, ...live } = failedRun;
    await open('#/runs', {
      [`GET runs/${FAILED}`]: { body: { ...live, status: 'Running' } },
      [`GET runs/${FAILED}/logs/train`]: {
        body: { runId: FAILED, stage: 'train', attempt: 1, attempts: [1], live: true, pods },
      },
    });
    await heading1('Runs').waitFor();
    const began = performance.now();
    await page.evaluate(`location.hash = '#/runs/${FAILED}/logs'`);
    const shown = page.getByRole('region', { name: `Log of ${FAILED}-train-1-worker-7` });
    await shown.waitFor();
    const shownMs = Math.round(performance.now() - began);
    expect(await shown.textContent()).toMatch(
      /^… earlier lines are left out\nline 98001 <b>.*\nline 100000 <b>[^\n]*$/s,
    );
    expect(await main().getByText('the last 2,000 lines').count()).toBe(8);
    expect(await page.locator('.log b').count()).toBe(0);
    // While it is followed, and so asked for again and again.
    const asked = performance.now();
    await main().getByRole('link', { name: 'Overview' }).click();
    await main().getByRole('heading', { name: 'Stages' }).waitFor();
    const answeredMs = Math.round(performance.now() - asked);
    console.log(`figure: 16,000 lines of a log are shown after ${shownMs} ms; the next click takes ${answeredMs} ms`);
    expect(shownMs).toBeLessThan(15_000);
    expect(answeredMs).toBeLessThan(5_000);
    expect(seen).toEqual([]);
  });

  describe('behind a sign-in', () => {
    test('nobody is asked for a key', async () => {
      await open('#/');
      await heading1('Pipelines').waitFor();
      expect(await page.getByLabel('Function key').count()).toBe(0);
      expect(await button('Forget the key').count()).toBe(0);
      expect(site.received.some(({ headers }) => 'x-functions-key' in headers)).toBe(false);
    });

    test('whoever lacks a role is told which', async () => {
      const detail = 'ada@example.com lacks the app role Reader (has: none).';
      await open('#/', { 'GET pipelines': problem(403, detail, { hint: 'Ask for it in Entra ID.' }) });
      await page.getByRole('alert').getByText(detail).waitFor();
      await page.getByRole('alert').getByText('Ask for it in Entra ID.').waitFor();
      expect(await page.getByLabel('Function key').count()).toBe(0);
    });

    test.each([
      [
        'is led to the sign-in page',
        { status: 302, bare: '', headers: { location: 'https://login.example/' } },
        /ended/,
      ],
      ['is told that nobody is signed in', problem(401, 'Nobody is signed in.'), /Nobody is signed in/],
    ])('whoever %s in the middle of it can sign in again', async (_, refusal, words) => {
      let refused = false;
      await open(`#/runs/${OVER}`, { 'GET runs': () => (refused ? refusal : { body: { value: [overRun] } }) });
      await heading1(`Run ${OVER}`).waitFor();
      refused = true;
      await page.getByRole('link', { name: 'Runs' }).first().click();
      await page.getByRole('alert').getByText(words).waitFor();
      expect(await page.getByLabel('Function key').count()).toBe(0);
      await expectAccessible(page);
      refused = false;
      await button('Sign in again').click();
      await page.getByRole('link', { name: OVER }).waitFor();
      expect(seen.filter((line) => !line.includes('login.example'))).toEqual([]);
    });
  });

  test('a key that is refused in the middle of it is asked for anew, and nobody has to reload', async () => {
    let good = 'first';
    const keyed =
      (body: unknown) =>
      ({ headers }: Received) =>
        headers['x-functions-key'] === good ? { body } : { status: 401, bare: '' };
    await open('#key=first', {
      'GET pipelines': keyed({ value: [pipeline] }),
      'GET runs': keyed({ value: [overRun] }),
    });
    await heading1('Pipelines').waitFor();
    good = 'second';
    // Not by a click: the page may ask again by itself, and the prompt be there, before it.
    await page.evaluate("location.hash = '#/runs'");
    await page.getByText('The app refuses this key.').waitFor();
    await page.getByLabel('Function key').fill(good);
    await page.keyboard.press('Enter');
    await heading1('Runs').waitFor();
    await page.getByRole('link', { name: OVER }).waitFor();
  });

  test.each([
    [403, problem(403, 'You lack a role.', { hint: 'Ask for Reader.' }), /You lack a role/, /Ask for Reader/],
    [
      500,
      problem(500, 'It broke.', { hint: 'See the log.' }),
      /It broke/,
      /See the log.*This page asks again by itself/s,
    ],
    [
      502,
      { status: 502, bare: '<html>Bad gateway</html>' },
      /answered 502 and did not say why/,
      /asks again by itself/,
    ],
  ])('says what a %i is about, and asks again when a person wants that', async (_, reply, message, hint) => {
    let answer: Reply = reply;
    await open('#/models/iris/none', { 'GET models/iris/none': () => answer });
    const alert = page.getByRole('alert');
    await alert.getByText(message).waitFor();
    expect(await alert.textContent()).toMatch(hint);
    answer = problem(404, 'iris has no version none.');
    await alert.getByRole('button', { name: 'Try again' }).click();
    await alert.getByText('iris has no version none').waitFor();
    expect(await alert.textContent()).not.toMatch(/asks again/);
  });

  describe('a pipeline has an address', () => {
    test('which shows it and its runs', async () => {
      await open('#/');
      await main().getByRole('link', { name: 'iris', exact: true }).click();
      await heading1('iris').waitFor();
      expect(page.url()).toBe(`${site.url}/api/dashboard/#/pipelines/iris`);
      await page.getByRole('region', { name: 'Runs of iris' }).getByRole('link', { name: FAILED }).waitFor();
      await page.getByRole('navigation', { name: 'Places' }).locator('[aria-current]').getByText('Pipelines').waitFor();
      await expectAccessible(page);
      await picture(page, 'pipeline');
      expect(seen).toEqual([]);
    });

    test('which outlasts the question for the key', async () => {
      const keyed = ({ headers }: Received) =>
        headers['x-functions-key'] === 'k' ? { body: { value: [pipeline] } } : { status: 401, bare: '' };
      await open('#/pipelines/iris', { 'GET pipelines': keyed });
      await page.getByLabel('Function key').fill('k');
      await page.keyboard.press('Enter');
      await heading1('iris').waitFor();
    });

    test.each([
      [
        'nobody knows',
        problem(404, 'There is no pipeline iris.', { hint: 'Pipelines: penguins.' }),
        'Pipelines: penguins.',
      ],
      [
        'is broken',
        problem(409, 'Pipeline iris is broken.', { problems: ['pipeline.yaml:7: a number'] }),
        'pipeline.yaml:7',
      ],
    ])('also one that %s', async (_, reply, words) => {
      await open('#/pipelines/iris', { 'GET pipelines/iris': reply });
      await page.getByRole('alert').getByText(words).waitFor();
    });
  });

  describe('what a run made on the clusters', () => {
    const aks = {
      resourceId:
        '/subscriptions/0b1f6471/resourceGroups/landfall/providers/Microsoft.ContainerService/managedClusters/train1',
      portal: 'https://portal.azure.com/#@/resource/subscriptions/0b1f6471/train1/workloads',
    };

    test('is a link into the Azure portal where the cluster is there, and commands', async () => {
      const stages = overRun.stages.map((stage) =>
        'job' in stage && stage.name === 'train' ? { ...stage, job: { ...(stage.job as object), aks } } : stage,
      );
      await open(`#/runs/${OVER}/cluster`, { [`GET runs/${OVER}`]: { body: { ...overRun, stages } } });
      const link = main().getByRole('link', { name: 'training in the Azure portal' });
      expect(await link.getAttribute('href')).toBe(aks.portal);
      await main()
        .getByText(/az aks get-credentials .* --name train1 --context training$/)
        .waitFor();
      await main()
        .getByText(`kubectl --context training --namespace landfall describe pytorchjob ${OVER}-train-1`)
        .waitFor();
      await main().getByText(`curl --header "x-functions-key: $DURABLE_KEY" '${site.url}/runtime/webhooks/`).waitFor();
      await expectAccessible(page);
      await picture(page, 'cluster-azure');
    });

    test('is commands alone where it is a context of a kubeconfig', async () => {
      await open(`#/runs/${OVER}/cluster`);
      await main()
        .getByText(/^kubectl --context training .* describe pytorchjob/)
        .waitFor();
      expect(await main().getByRole('link', { name: /Azure/ }).count()).toBe(0);
      expect(
        await main()
          .getByText(/^az aks/)
          .count(),
      ).toBe(0);
    });
  });

  describe('on a telephone', () => {
    test('every place fits', async () => {
      await open('#/', {}, PHONE);
      const places = [
        ['#/', 'Pipelines', 'The app setting MEASUREMENTS_URL'],
        ['#/pipelines/iris', 'iris', 'train: OOMKilled'],
        ['#/runs', 'Runs', 'train: OOMKilled'],
        [`#/runs/${OVER}`, /Run/, 'all traffic'],
        [`#/runs/${FAILED}`, /Run/, 'used more memory'],
        [`#/runs/${DOUBTFUL}/review`, /Run/, 'KS distance'],
        [`#/runs/${FAILED}/logs`, /Run/, 'Killed'],
        [`#/runs/${DOUBTFUL}/data`, /Run/, 'species is there'],
        [`#/runs/${OVER}/cluster`, /Run/, 'DURABLE_KEY'],
        ['#/models', /Models/, 'was deployed'],
        [`#/models/iris/${CHAMPION}`, /iris/, 'landing/iris/first.csv'],
        ['#/backfills/iris', /Backfills/, '1 of 3 parts over'],
        ['#/arrivals', 'Arrivals', 'No batch has been set aside.'],
        ['#/try', 'Try it', 'serves now'],
        ['#/health', 'Health', 'az aks start'],
        ['#/nowhere', 'No such place', 'a good start'],
      ] as const;
      for (const [place, heading, content] of places) {
        await goTo(place, heading);
        await main().getByText(content).first().waitFor();
        await expectFits(page);
        await expectAccessible(page);
        await picture(page, `phone${place.replace(/\W+/g, '-')}`);
      }
      expect(seen).toEqual([]);
    });

    test('paths of 1,000 characters do not break the page', async () => {
      const long = (length: number) => `landing/iris/${'x'.repeat(length - 17)}.csv`;
      const path = long(1_000);
      const folders = `landing/iris/${'a folder/'.repeat(108)}file.csv`;
      const paths = [path, folders, 'landing/iris/short.csv'];
      const waits = paths.map((one) => ({
        path: one,
        eTag: '0x8DC3',
        size: 4_606,
        at: at('11:59:30'),
        marker: false,
      }));
      await open(
        '#/arrivals',
        {
          'GET pipelines/iris/waiting': { body: { value: waits } },
          'GET arrivals': ({ query }) => ({ body: { path: query.get('path') ?? '', value: [], runs: [] } }),
          [`GET runs/${DOUBTFUL}/documents/batch`]: { body: batchOf(doubtfulRun, paths) },
        },
        PHONE,
      );
      await page.getByRole('link', { name: path }).waitFor();
      await expectFits(page);
      await picture(page, 'long-arrivals');
      await page.getByRole('link', { name: path }).click();
      await page.getByRole('heading', { name: path }).waitFor();
      await page.getByText('No run has seen it.').waitFor();
      await expectFits(page);
      await expectAccessible(page);
      await picture(page, 'long-path');
      await goTo(`#/runs/${DOUBTFUL}/data`, /Run/);
      await page.getByRole('link', { name: path }).waitFor();
      await expectFits(page);
      // The size beside it is to be seen without scrolling.
      const table = page.getByRole('region', { name: 'Files of the batch' });
      expect(await table.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
      await expectAccessible(page);
      await picture(page, 'long-data');
      expect(seen).toEqual([]);
    });
  });
});
