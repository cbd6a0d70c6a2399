import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, propagation } from '@opentelemetry/api';
import { InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTracing } from '../../shared/clients/tracing.ts';
import { runSpan, traceParent } from '../../shared/trace-context.ts';
import { durablePort } from './durable-client.ts';

const RUN = 'iris-20261124-101502-3fa9c1';
const started: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    started.push({ url: request.url, headers: request.headers });
    request.resume().on('end', () => response.writeHead(202).end(JSON.stringify({ id: 'x' })));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  context.disable();
  propagation.disable();
});

/** The Durable client of an invocation, whose extension is our server. */
function client() {
  const input = df.input.durableClient();
  const rpcBaseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/durabletask/`;
  const invocation = new InvocationContext({ options: { extraInputs: [input] } });
  invocation.extraInputs.set(input, { taskHubName: 'Landfall', creationUrls: {}, managementUrls: {}, rpcBaseUrl });
  return durablePort(df.getClient(invocation));
}

test.each([
  ['pipelineRun', RUN, traceParent(runSpan(RUN))],
  ['review', `${RUN}:review`, traceParent(runSpan(RUN))],
  ['collector', 'collector:iris', undefined],
])('a start of %s tells the extension the trace of its run', async (orchestration, id, expected) => {
  createTracing({ collector: 'http://127.0.0.1:1' }, () => undefined);
  await vi.dynamicImportSettled();
  await client().start(orchestration, id, {});
  expect(started.at(-1)?.url).toContain(`orchestrators/${orchestration}/${id}`);
  expect(started.at(-1)?.headers.traceparent).toBe(expected);
});
