import { resolve } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';

const eslint = new ESLint({ cwd: resolve(import.meta.dirname, '..') });

/** What the linter says of a text as if it were an orchestration. */
async function findings(code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: 'orchestrations/collector.ts' });
  return (result?.messages ?? []).map(({ ruleId }) => ruleId ?? '').filter((rule) => rule.startsWith('no-restricted'));
}

describe('lint keeps orchestrations deterministic', () => {
  test.each([
    ['the clock', 'export const at = new Date();'],
    ['the clock in milliseconds', 'export const at = Date.now();'],
    ['randomness', 'export const dice = Math.random();'],
    ['waiting', 'export async function wait() { await Promise.resolve(); }'],
    ['a timer', 'setTimeout(() => undefined, 1);'],
    ['the environment', 'export const home = process.env.HOME;'],
    ['a node module', "import { readFileSync } from 'node:fs'; export const read = readFileSync;"],
    ['a client', "import { createLake } from '../shared/clients/lake.ts'; export const lake = createLake;"],
    [
      'a vendor library',
      "import { DataLakeServiceClient } from '@azure/storage-file-datalake'; export const lake = DataLakeServiceClient;",
    ],
  ])('%s is refused', async (_, code) => expect(await findings(code)).not.toEqual([]));

  test('a date from given parts is fine', async () => {
    expect(await findings('export const later = (at: Date) => new Date(at.getTime() + 1_000);')).toEqual([]);
  });
});
