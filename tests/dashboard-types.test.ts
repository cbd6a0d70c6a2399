import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generateTypes, TARGET } from '../dashboard/generate-types.mjs';

test('the types of page and command line are those of the document: npm run types -w dashboard writes them anew', async () => {
  const text = await generateTypes();
  expect(readFileSync(TARGET, 'utf8') === text).toBe(true);
});
