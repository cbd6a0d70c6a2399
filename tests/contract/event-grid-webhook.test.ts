import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHostProcess } from '../fixtures/functions-host/host-kit.mts';

interface Recorded {
  what: string;
  request: { method: string; url: string; headers: Record<string, string>; body: unknown };
  response: { status: number; headers: Record<string, string>; body: unknown };
  invocations: { function: string; kind: string; input: unknown; response: { ok: boolean; message?: string } }[];
}

const APP = join(import.meta.dirname, '../fixtures/event-grid');
const recordings = JSON.parse(readFileSync(join(APP, 'webhook.json'), 'utf8')) as Recorded[];

let host: Awaited<ReturnType<typeof startHostProcess>>;
let agree = 0;
beforeAll(async () => {
  host = await startHostProcess(APP);
});
afterAll(async () => {
  console.log(`${agree} of ${recordings.length} recordings agree`);
  await host.remove();
});

const call = (url: string, { method, headers, body }: Omit<Recorded['request'], 'url'>): Promise<Response> =>
  fetch(`http://127.0.0.1:${host.port}${url}`, { method, headers, ...(body === null ? {} : { body: textOf(body) }) });

const textOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'raw' in body ? String(body.raw) : JSON.stringify(body);

/** Calls in the order of their inputs: events of a batch run side by side. */
const callsOf = (invocations: Recorded['invocations']): string[] =>
  invocations
    .map(({ function: name, kind, input, response: { ok, message } }) =>
      JSON.stringify({ name, kind, input, ok, message }),
    )
    .sort();

describe('recorded deliveries', () => {
  it.each(recordings)('$what', async ({ request, response, invocations }) => {
    const before = host.calls().length;
    const got = await call(request.url.replace('KEY', 'test-system'), request);
    const text = await got.text();
    const body: unknown = typeof response.body === 'string' ? text : JSON.parse(text);
    const headers = Object.keys(response.headers).map((name) => [name, got.headers.get(name)]);
    expect({ status: got.status, headers: Object.fromEntries(headers) as object, body }).toEqual(response);
    expect(callsOf(host.calls().slice(before) as Recorded['invocations'])).toEqual(callsOf(invocations));
    agree++;
  });
});

describe('a delivery', () => {
  const url = '/runtime/webhooks/EventGrid?functionName=eg';
  const request = {
    method: 'POST',
    headers: { 'aeg-event-type': 'Notification' },
    body: [{ id: '1', data: { a: 1 } }],
  };

  it.each(['', '&code=wrong', '&code=test-host-default'])('with the key "%s" is refused', async (query) => {
    const { status, headers } = await call(url + query, request);
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it('takes the key as a header, and hands the data over as metadata', async () => {
    const headers = { ...request.headers, 'x-functions-key': 'test-system' };
    expect((await call(url, { ...request, headers })).status).toBe(202);
    const returned = host.calls().at(-1)?.response['returnValue'] as { json: string };
    expect(JSON.parse(returned.json)).toEqual({ got: { id: '1', data: { a: 1 } }, meta: { data: { a: 1 } } });
  });

  it('in a batch reaches a function that takes many as an array', async () => {
    await call('/runtime/webhooks/eventgrid?functionName=egMany&code=test-system', request);
    const returned = host.calls().at(-1)?.response['returnValue'] as { json: string };
    expect(JSON.parse(returned.json)).toMatchObject({ got: [{ id: '1', data: { a: 1 } }] });
  });
});
