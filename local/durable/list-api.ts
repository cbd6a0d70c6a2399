import { empty, json } from './http-response.ts';
import { statusBody } from './status-view.ts';
import { isOver, STATUSES, type Filter, type Store } from './store.ts';

const TOKEN = 'x-ms-continuation-token';
const PAGE = 100;

/** The part of the management API that is about many instances: listing and purging by a filter. */
export function createListApi(store: Store) {
  function list(request: Request, query: URLSearchParams): Response {
    const token = request.headers.get(TOKEN)?.trim() ?? '';
    const startAt = Buffer.from(token, 'base64').toString();
    if (encode(startAt) !== token) return json(200, []);
    const top = /^\d+$/.test(query.get('top') ?? '') ? Number(query.get('top')) : PAGE;
    const found = store.list({ ...filterOf(query), startAt, limit: top + 1 });
    const next = found[top];
    const options = { showInput: query.get('showInput') !== 'false', showHistoryOutput: false };
    const page = found.slice(0, top).map((instance) => statusBody(instance, options));
    return json(200, page, next ? { [TOKEN]: encode(next.id) } : {});
  }

  function purge(query: URLSearchParams): Response {
    if (Number.isNaN(Date.parse(query.get('createdTimeFrom') ?? ''))) {
      return json(400, "Please provide value for 'createdTimeFrom' parameter.");
    }
    const found = store.list(filterOf(query)).filter(({ status }) => isOver(status));
    if (found.length === 0) return empty(404);
    store.transaction(() => {
      for (const { id } of found) store.forget(id);
    });
    return json(200, { instancesDeleted: found.length });
  }

  return (request: Request, query: URLSearchParams): Response => {
    if (request.method === 'GET') return list(request, query);
    return request.method === 'DELETE' ? purge(query) : empty(404);
  };
}

const encode = (id: string): string => Buffer.from(id).toString('base64');

/** What cannot be read in a filter is left out of it, as the extension does. */
function filterOf(query: URLSearchParams): Filter {
  const wanted = (query.get('runtimeStatus') ?? '').split(',').map((name) => name.trim().toLowerCase());
  const statuses = STATUSES.filter((status) => wanted.includes(status.toLowerCase()));
  const time = (name: string, otherwise: number): number => {
    const at = Date.parse(query.get(name) ?? '');
    return Number.isNaN(at) ? otherwise : at;
  };
  return {
    prefix: query.get('instanceIdPrefix') ?? '',
    statuses: statuses.length > 0 ? statuses : [...STATUSES],
    from: time('createdTimeFrom', 0),
    to: time('createdTimeTo', Number.MAX_SAFE_INTEGER),
    startAt: '',
    limit: -1,
  };
}
