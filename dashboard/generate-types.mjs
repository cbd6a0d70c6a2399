// Writes the types of the HTTP API, for the page and for the command line, from the document that the app serves:
// npm run types -w dashboard
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString, UNKNOWN } from 'openapi-typescript';
import { format } from 'prettier';

const DOCUMENT = new URL('../docs/api/openapi.json', import.meta.url);
export const TARGET = fileURLToPath(new URL('../docs/api/openapi.ts', import.meta.url));
const HEAD = '// Generated from docs/api/openapi.json: npm run types -w dashboard\n\n';

/** The text of it as it should be. @returns {Promise<string>} */
export async function generateTypes(document = DOCUMENT) {
  // Json may be anything, and its definition, which has itself in it, is more than TypeScript takes.
  const transform = (/** @type {object} */ _, /** @type {{ path?: string }} */ { path }) =>
    path === '#/components/schemas/Json' ? UNKNOWN : undefined;
  const text = HEAD + astToString(await openapiTS(document, { transform }));
  return format(text, { parser: 'typescript', singleQuote: true, printWidth: 120 });
}

if (import.meta.main) {
  writeFileSync(TARGET, await generateTypes());
}
