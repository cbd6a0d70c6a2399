import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createApiRecorder } from '../../tests/kit/api-recorder.ts';
import { OPERATIONS } from './routes.ts';

const [head = '', ...parts] = readFileSync(new URL('../../docs/landfall.http', import.meta.url), 'utf8').split(
  /^### /m,
);
const variables = new Map([...head.matchAll(/^@(\w+) = (.+)$/gm)].map(([, name, value]) => [name, value]));
const recorder = createApiRecorder();
const requests = parts.map((part) => {
  const filled = part.replace(/\{\{(\w+)\}\}/g, (_, name: string) => variables.get(name) ?? `no @${name}`);
  const [heading = '', ...lines] = filled.trim().split('\n');
  const [line = '', ...rest] = lines.join('\n').split('\n\n');
  const [request = '', ...headers] = line.split('\n');
  const [method = '', address = ''] = request.split(' ');
  const { origin, pathname, searchParams } = new URL(address);
  const operation = recorder.operationOf(method, pathname.slice('/api/'.length));
  return { heading, origin, query: [...searchParams.keys()], headers, body: rest.join('\n\n'), operation };
});

test('landfall.http asks every route once, in the order of the table, and nothing else', () => {
  expect(requests.map(({ operation }) => operation?.operationId)).toEqual(OPERATIONS.map(([id]) => id));
});

test('docs/http-api.md lists every route once, and no other', () => {
  const page = readFileSync(new URL('../../docs/http-api.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `(GET|POST) \/(\S+)` \|/gm)].map(
    ([, method = '', path = '']) => recorder.operationOf(method, path)?.operationId,
  );
  expect(listed.sort()).toEqual(OPERATIONS.map(([id]) => id as string).sort());
});

describe('landfall.http asks as it is documented:', () => {
  test.each(requests)('$heading', ({ origin, query, headers, body, operation }) => {
    const named = operation?.parameters?.map(({ name }) => name) ?? [];
    expect(origin).toBe(variables.get('url'));
    expect(headers).toContain(`x-functions-key: ${variables.get('key')}`);
    expect(query.filter((name) => !named.includes(name))).toEqual([]);
    const [schema] = Object.values(operation?.requestBody?.content ?? {}).map(({ schema: { $ref } }) => $ref);
    if (!schema) return expect(body).toBe('');
    expect(recorder.problems(schema.split('/').at(-1) ?? '', JSON.parse(body))).toBeUndefined();
  });
});
