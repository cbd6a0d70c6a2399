import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { createApiRecorder } from '../../tests/kit/api-recorder.ts';
import { openApiDocument } from './openapi.ts';
import { OPERATIONS } from './routes.ts';

const document = openApiDocument();
const { schemas } = document.components;
const recorder = createApiRecorder();

/** People read this file; `npx vitest run functions/http/openapi.test.ts -u` writes it anew after a change. */
test('the document that is kept is the one that is served', async () => {
  const text = await format(JSON.stringify(document), { parser: 'json', printWidth: 120 });
  await expect(text).toMatchFileSnapshot('../docs/api/openapi.json');
});

test.each(OPERATIONS)('%s says what each part of its path is', (id, { method, path }) => {
  const { parameters = [] } = recorder.operationOf(method, path) ?? {};
  const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
  expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
  expect(recorder.operationOf(method, path)?.operationId).toBe(id);
});

test('every schema is used', () => {
  const text = JSON.stringify(document);
  expect(Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`))).toEqual([]);
});

test('only rows of data, which have any columns, are left open', () => {
  expect(children(schemas, '')).toEqual(['/CheckReport/properties/checks/items/properties/samples/items/*']);
});

test('every example is as its schema says', () => {
  const examples = Object.entries(schemas).flatMap(([name, { examples = [] }]) =>
    examples.map((example) => [name, recorder.problems(name, example)]),
  );
  expect(examples.length).toBeGreaterThan(5);
  expect(examples.filter(([, problem]) => problem !== undefined)).toEqual([]);
});

describe('an answer is refused', () => {
  const headers = new Headers({ 'content-type': 'application/json', location: 'http://app.test/' });
  const started = { runId: 'r', statusUrl: 'http://app.test/api/runs/r' };
  const good = { method: 'POST', path: 'pipelines/iris/runs', status: 202, headers, body: started };

  test('not as it is documented', () => {
    recorder.check(good);
    expect([...recorder.seen]).toEqual(['postRun 202']);
  });

  test.each([
    ['to a route that is none', { path: 'pipelines' }, /no documented route/],
    ['with another status', { status: 200 }, /200, which is not documented/],
    ['of another kind', { headers: new Headers({ 'content-type': 'text/plain' }) }, /not as application\/json/],
    ['without its header', { headers: new Headers({ 'content-type': 'application/json' }) }, /without header location/],
    ['with a field too many', { body: { ...started, more: 1 } }, /must NOT have additional properties/],
    ['without a field', { body: { runId: 'r' } }, /must have required property 'statusUrl'/],
    ['in a wrong format', { body: { ...started, statusUrl: 'r' } }, /must match format "uri"/],
  ])('%s', (_, change, message) => {
    expect(() => recorder.check({ ...good, ...change })).toThrow(message);
  });
});

/** Where a schema takes anything: it names no type, no values and no other schema. */
function openPlaces(schema: unknown, place: string): string[] {
  const { properties, items, anyOf, oneOf, additionalProperties, ...rest } = schema as Record<string, unknown>;
  const isNamed = ['type', 'enum', 'const', '$ref'].some((word) => word in rest) || anyOf || oneOf;
  const lacksContent =
    (rest.type === 'array' && !items) || (rest.type === 'object' && !properties && !additionalProperties);
  const isOpen = !isNamed || lacksContent;
  return [
    ...(isOpen ? [place] : []),
    ...children(properties, `${place}/properties`),
    ...(items ? openPlaces(items, `${place}/items`) : []),
    ...children(anyOf, `${place}/anyOf`),
    ...children(oneOf, `${place}/oneOf`),
    ...(typeof additionalProperties === 'object' ? openPlaces(additionalProperties, `${place}/*`) : []),
  ];
}

function children(schemas: unknown, place: string): string[] {
  return Object.entries(schemas ?? {}).flatMap(([name, schema]) => openPlaces(schema, `${place}/${name}`));
}
