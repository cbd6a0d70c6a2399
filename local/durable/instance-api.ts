import type { Engine } from './engine.ts';
import type { EventName } from './history.ts';
import { empty, json, readJson, unsupported } from './http-response.ts';
import { statusBody } from './status-view.ts';
import { isOver, type Instance } from './store.ts';

const RETRY_AFTER = '5';

type Answer = Response | Promise<Response>;

/** The part of the management API that is about one instance; `rest` is the path after its id. */
export function createInstanceApi(engine: Engine) {
  const { store } = engine;

  function status(request: Request, query: URLSearchParams, instance: Instance): Response {
    const isTrue = (name: string): boolean => query.get(name)?.toLowerCase() === 'true';
    const history = isTrue('showHistory') ? store.history(instance.id) : undefined;
    const options = { showInput: query.get('showInput') !== 'false', showHistoryOutput: isTrue('showHistoryOutput') };
    const body = statusBody(instance, options, history);
    if (instance.status === 'Failed' && isTrue('returnInternalServerErrorOnFailure')) return json(500, body);
    if (isOver(instance.status)) return json(200, body);
    return json(202, body, { location: request.url, 'retry-after': RETRY_AFTER });
  }

  function purge({ id, status: state }: Instance): Response {
    if (!isOver(state)) {
      const cause = `the orchestration with instance ID ${id} has status ${state}`;
      return json(412, `Only orchestrations in a terminal state can be purged, but ${cause}`);
    }
    store.transaction(() => {
      store.forget(id);
    });
    return json(200, { instancesDeleted: 1 });
  }

  function send({ id, status: state }: Instance, type: EventName, fields: Record<string, unknown>): Response {
    if (isOver(state)) return empty(410);
    engine.send(id, type, fields);
    return empty(202);
  }

  async function raise(request: Request, instance: Instance, name: string): Promise<Response> {
    if (isOver(instance.status)) return empty(410);
    if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
      return json(400, { Message: 'Only application/json request content is supported' });
    }
    const input = readJson(await request.text());
    if (input instanceof Response) return input;
    return send(instance, 'EventRaised', { Name: name, Input: input, ParentTraceContext: null });
  }

  function act(instance: Instance, verb: string, reason: string): Response {
    const isSuspended = instance.status === 'Suspended';
    switch (verb) {
      case 'terminate':
        return send(instance, 'ExecutionTerminated', { Input: reason });
      case 'suspend':
        return isSuspended ? wrongState(instance, verb) : send(instance, 'ExecutionSuspended', { Reason: reason });
      case 'resume':
        if (!isSuspended && !isOver(instance.status)) return wrongState(instance, verb);
        return send(instance, 'ExecutionResumed', { Reason: reason });
      case 'rewind':
        return rewind(instance);
      case 'restart':
        return unsupported('The restart of an orchestration');
      default:
        return empty(404);
    }
  }

  return (request: Request, query: URLSearchParams, id: string, rest: string[]): Answer => {
    const [verb, event] = rest;
    const { method } = request;
    const instance = store.instance(id);
    if (!instance) return unknown(id, method === 'POST' ? verb : undefined);
    if (method === 'GET' && rest.length === 0) return status(request, query, instance);
    if (method === 'DELETE' && rest.length === 0) return purge(instance);
    if (method !== 'POST' || verb === undefined) return empty(404);
    if (verb === 'raiseEvent') return event && rest.length === 2 ? raise(request, instance, event) : empty(404);
    return rest.length === 1 ? act(instance, verb, query.get('reason') ?? '') : empty(404);
  };
}

function unknown(id: string, verb: string | undefined): Response {
  if (verb === 'rewind') return json(404, `No orchestration with instance ID "$${id}" found.`);
  if (verb !== 'restart') return empty(404);
  return json(400, {
    Message: 'InstanceId does not match a valid orchestration instance.',
    ExceptionMessage: `No instance with ID '${id}' was found. (Parameter 'instanceId')`,
    ExceptionType: 'System.ArgumentException',
  });
}

function rewind({ status }: Instance): Response {
  if (status === 'Failed') return unsupported('The rewind of an orchestration');
  return json(
    412,
    `This orchestration has status ${status}, but only orchestrations in the "Failed" state can be rewound.`,
  );
}

function wrongState({ id, status }: Instance, verb: string): Response {
  return json(500, {
    Message: 'Something went wrong while processing your request',
    ExceptionMessage: `Cannot ${verb} the orchestration instance ${id} because instance is in the ${status} state.`,
    ExceptionType: 'System.InvalidOperationException',
  });
}
