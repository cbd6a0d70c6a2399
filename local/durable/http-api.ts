import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Engine } from './engine.ts';
import { empty, json, readJson, unsupported } from './http-response.ts';
import { createInstanceApi } from './instance-api.ts';
import { managementLinks } from './links.ts';
import { createListApi } from './list-api.ts';
import { parseIfJson, statusBody } from './status-view.ts';
import { isOver, type Instance } from './store.ts';

const RETRY_AFTER = '10';
const SECOND = 1000;

/** The HTTP management API of the durable extension. */
export function createApi(
  engine: Engine,
  hubName: string,
  clock: Clock,
): (request: Request, path: string) => Promise<Response> {
  const one = createInstanceApi(engine);
  const many = createListApi(engine.store);

  async function start(
    request: Request,
    query: URLSearchParams,
    name: string,
    givenId: string | undefined,
  ): Promise<Response> {
    const id = givenId ?? randomUUID().replaceAll('-', '');
    const body = await request.text();
    const input = body === '' ? null : readJson(body);
    if (input instanceof Response) return input;
    const inTheWay = engine.start(name, id, input, query.get('version'));
    if (inTheWay)
      return json(409, { Message: `An Orchestration instance with the status ${inTheWay} already exists.` });
    return (await waitForEnd(id, query)) ?? accepted(request, query, id);
  }

  function accepted(request: Request, query: URLSearchParams, id: string): Response {
    const code = query.get('code') ?? request.headers.get('x-functions-key') ?? '';
    const links = managementLinks(new URL(request.url).origin, hubName, code, id);
    return json(202, links, { location: links.statusQueryGetUri, 'retry-after': RETRY_AFTER });
  }

  async function waitForEnd(id: string, query: URLSearchParams): Promise<Response | undefined> {
    const end = clock.now().getTime() + Number(query.get('timeout') ?? 0) * SECOND;
    const interval = Number(query.get('pollingInterval') ?? 1) * SECOND;
    for (let left = end - clock.now().getTime(); left > 0; left = end - clock.now().getTime()) {
      const instance = engine.store.instance(id);
      if (instance && isOver(instance.status)) return ended(instance);
      const until = new Date(clock.now().getTime() + Math.min(left, interval));
      await new Promise<void>((resolve) => clock.wake(until, resolve));
    }
    return undefined;
  }

  return async (request, path) => {
    const query = new URL(request.url).searchParams;
    const segments = (path.split('?')[0] ?? '').split('/').filter(Boolean).map(decodeURIComponent);
    if (segments.some((segment) => segment.includes('/'))) return empty(404);
    const [collection, name] = segments;
    if (collection === 'entities') return unsupported('The use of entities');
    if (collection === 'orchestrators' && request.method === 'POST' && name && segments.length <= 3) {
      return start(request, query, name, segments[2]);
    }
    if (collection !== 'instances') return empty(404);
    return name === undefined ? many(request, query) : one(request, query, name, segments.slice(2));
  };
}

/** An output is answered as it is; other endings as a status. */
function ended(instance: Instance): Response {
  if (instance.status === 'Completed') return json(200, parseIfJson(instance.output));
  return json(200, statusBody(instance, { showInput: true, showHistoryOutput: false }));
}
