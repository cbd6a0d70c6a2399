import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generateTypes } from '../dashboard/generate-types.mjs';

test('the page’s types are those of the document: npm run types -w dashboard writes them anew', async () => {
  expect(readFileSync('dashboard/api/openapi.ts', 'utf8')).toBe(await generateTypes());
});
