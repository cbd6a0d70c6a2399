import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A request whose url is as the caller wrote it and whose body has not been read. */
export interface Call {
  method: string;
  url: URL;
  headers: Headers;
  read(): Promise<Buffer>;
}

const WITHOUT_BODY = [204, 304];

/** Serves calls over HTTP as the host does: bodies of functions go out chunked, empty ones with their length. */
export function createCallServer(handle: (call: Call) => Promise<Response>, onError: (error: unknown) => void): Server {
  const server = createServer({ requireHostHeader: false }, (incoming, outgoing) => {
    answer(incoming)
      .catch((error: unknown) => {
        onError(error);
        return new Response(null, { status: 500 });
      })
      .then((response) => send(response, outgoing, !server.listening))
      .catch(onError);
  });

  function answer(incoming: IncomingMessage): Promise<Response> {
    const call = callOf(incoming);
    if (call) return handle(call);
    return Promise.resolve(new Response(null, { status: 400, headers: { connection: 'close' } }));
  }
  return server;
}

function callOf(incoming: IncomingMessage): Call | undefined {
  const { method = '', url = '', headersDistinct } = incoming;
  const host = headersDistinct['host']?.[0];
  const address = `http://${host}${url}`;
  if (host === undefined || !url.startsWith('/') || !URL.canParse(address)) return undefined;
  const pairs = Object.entries(headersDistinct).map(([name, values = []]): [string, string] => [
    name,
    values.join(','),
  ]);
  return { method, url: new URL(address), headers: new Headers(pairs), read: () => readAll(incoming) };
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function send(response: Response, outgoing: ServerResponse, isDraining: boolean): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  outgoing.statusCode = response.status;
  outgoing.setHeader('server', 'Kestrel');
  if (isDraining) outgoing.setHeader('connection', 'close');
  else if (outgoing.shouldKeepAlive) outgoing.removeHeader('connection');
  for (const [name, value] of response.headers) if (name !== 'set-cookie') outgoing.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies);
  if (body.length > 0) outgoing.write(body);
  else if (!WITHOUT_BODY.includes(response.status)) outgoing.setHeader('content-length', 0);
  outgoing.end();
}
