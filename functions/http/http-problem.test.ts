import { HttpRequest } from '@azure/functions';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { answering, HttpProblem, jsonBody, query } from './http-problem.ts';

const schema = z.strictObject({ top: z.coerce.number().min(1).default(50) });
const post = (body: string) => new HttpRequest({ method: 'POST', url: 'http://app.test', body: { string: body } });
const get = (search: string) => new HttpRequest({ method: 'GET', url: `http://app.test?${search}` });

test.each<[what: string, ask: () => Promise<unknown>, detail: RegExp, hint: RegExp]>([
  ['a body that is no JSON', () => jsonBody(post('{'), schema), /no JSON/, /JSON object/],
  ['a body with a wrong field', () => jsonBody(post('{"tpo":1}'), schema), /tpo/, /openapi\.json/],
  ['a query with a wrong value', async () => query(get('top=0'), schema), /top/, /openapi\.json/],
  ['what nobody foresaw', () => Promise.reject(new Error('boom')), /boom/, /health/],
  ['a refusal', () => Promise.reject(new HttpProblem(409, 'It is over.', 'Start another.')), /over/, /Start another/],
])('%s is answered with what to do', async (_, ask, detail, hint) => {
  const handle = async () => ({ jsonBody: await ask() });
  const { headers, body } = await answering(handle, { error: () => undefined });
  expect(headers).toEqual({ 'content-type': 'application/problem+json' });
  expect(JSON.parse(body as string)).toMatchObject({
    detail: expect.stringMatching(detail) as string,
    hint: expect.stringMatching(hint) as string,
  });
});

test('an empty body counts as an empty object, and the key in the query as none of it', async () => {
  expect(await jsonBody(post(' '), schema)).toEqual({ top: 50 });
  expect(query(get('top=3&code=key'), schema)).toEqual({ top: 3 });
});
