import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { runCommand } from '../../tests/kit/command-line.ts';
import { startStandInApp, type StandInApp } from '../../tests/kit/stand-in-app.ts';

let app: StandInApp | undefined;
afterEach(() => app?.close());

const folder = mkdtempSync(join(tmpdir(), 'landfall-cli-'));
writeFileSync(join(folder, 'empty.csv'), '');
writeFileSync(join(folder, 'good.csv'), 'a\n1\n');
writeFileSync(join(folder, '_part.csv'), 'a\n1\n');
mkdirSync(join(folder, 'sub'));
writeFileSync(join(folder, 'sub/good.csv'), 'a\n1\n');

const iris = { name: 'iris', description: '', enabled: true, landing: 'landing/iris/', landingPattern: '*.csv' };
const taxi = { ...iris, name: 'taxi', landing: 'landing/taxi/', landingPattern: '*.json', landingMarker: '_DONE' };

test.each<[what: string, args: string[], code: number, text: RegExp]>([
  ['a file that is not there', ['nothing.csv'], 2, /There is no file .*nothing\.csv.*\n {2}→ /],
  ['a folder', ['sub'], 2, /is no file\.\n {2}→ Name the files/],
  ['an empty file', ['empty.csv'], 2, /is empty/],
  ['a file in the making', ['_part.csv'], 2, /left alone/],
  ['two files of one name', ['good.csv', 'sub/good.csv'], 2, /named good\.csv/],
  ['a folder that nobody claims', ['good.csv', '--to', 'taxi/'], 2, /No pipeline claims landing\/taxi\//],
  ['a pipeline that is none', ['good.csv', '--pipeline', 'tax'], 2, /Pipelines: iris/],
  ['a lake that is not named', ['good.csv'], 2, /not known where the lake is.*\n {2}→ .*--lake/],
  [
    'a file that no run would take',
    ['good.csv', '--pipeline', 'taxi'],
    2,
    /taxi would leave good\.csv alone.*named \*\.json\.\n/,
  ],
  ['a marker that is none', ['good.csv', '--pipeline', 'taxi', '--marker'], 2, /not the marker of taxi: that is _DONE/],
  ['a marker where there is none', ['good.csv', '--pipeline', 'iris', '--marker'], 2, /iris knows no marker/],
  ['a lake that is none', ['good.csv', '--lake', 'account'], 2, /no address of a lake/],
])('%s is refused, and nothing is written', async (_, args, code, text) => {
  app = await startStandInApp({
    'GET pipelines': { body: { value: args.includes('--pipeline') ? [iris, taxi] : [iris] } },
  });
  const ended = await runCommand(['drop', ...args, '--api', app.url], { folder });
  expect(ended).toMatchObject({ code, out: '', err: expect.stringMatching(text) as string });
});
