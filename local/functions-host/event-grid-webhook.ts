import { triggeredBy, type AppFunction } from './app-function.ts';
import type { Invoke, Result } from './invoke.ts';
import { empty, text } from './replies.ts';
import type { Call } from './server.ts';

/** Answers Event Grid's calls: the handshake, and deliveries, each event (or the whole batch, as the function wants) one call. */
export function createEventGridWebhook(functions: AppFunction[], invoke: Invoke): (call: Call) => Promise<Response> {
  const known = new Map(triggeredBy(functions, 'eventgridtrigger').map((fn) => [fn.name, fn]));

  async function deliver(fn: AppFunction, body: Buffer): Promise<Response> {
    const parsed: unknown = JSON.parse(body.toString());
    if (typeof parsed !== 'object' || parsed === null) return empty(500);
    const events = (Array.isArray(parsed) ? parsed : [parsed]) as object[];
    const results = await Promise.all(calls(fn, events));
    if (results.every(({ ok }) => ok)) return empty(202);
    return text(500, `Exception while executing function: Functions.${fn.name}`);
  }

  function calls(fn: AppFunction, events: object[]): Promise<Result>[] {
    if (fn.trigger['cardinality'] !== 'many') return events.map((event) => one(fn, event));
    if (events.length === 0) return [];
    const string = events.map((event) => JSON.stringify(event, null, 2));
    return [invoke(fn, 'eventGrid', { collectionString: { string } })];
  }

  const one = (fn: AppFunction, event: object & { data?: unknown }): Promise<Result> =>
    invoke(fn, 'eventGrid', { json: JSON.stringify(event) }, { data: { json: JSON.stringify(event.data ?? null) } });

  return async (call) => {
    const name = call.url.searchParams.get('functionName') ?? '';
    const fn = known.get(name);
    if (!fn) return text(404, `cannot find function: '${name}'`);
    if (call.method === 'OPTIONS') return empty(200, { 'webhook-allowed-origin': 'eventgrid.azure.net' });
    const type = call.headers.get('aeg-event-type')?.toLowerCase();
    if (type !== 'notification' && type !== 'subscriptionvalidation') return empty(400);
    const body = await call.read();
    return type === 'notification' ? deliver(fn, body) : shakeHands(body);
  };
}

function shakeHands(body: Buffer): Response {
  const [event] = JSON.parse(body.toString()) as { data?: { validationCode?: string } }[];
  return text(200, JSON.stringify({ validationResponse: event?.data?.validationCode }));
}
