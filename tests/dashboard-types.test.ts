import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generateTypes, TARGETS } from '../dashboard/generate-types.mjs';

test('the types of page and command line are those of the document: npm run types -w dashboard writes them anew', async () => {
  const text = await generateTypes();
  expect(TARGETS.map((target) => readFileSync(target, 'utf8') === text)).toEqual([true, true]);
});
