import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import protobuf from 'protobufjs';

/** A span as it was received. */
export interface ReceivedSpan {
  service: string;
  traceId: string;
  spanId: string;
  /** Empty for the first of a trace. */
  parentSpanId: string;
  name: string;
  startedAtMs: number;
  endedAtMs: number;
  attributes: Record<string, unknown>;
  events: string[];
  /** 0 unset, 1 ok, 2 error. */
  statusCode: number;
}

export interface TraceReceiver {
  url: string;
  spans: ReceivedSpan[];
  /** Requests that came, whatever was answered. */
  requests: number;
  close(): Promise<void>;
}

type Answer = (response: ServerResponse) => void;
const accept: Answer = (response) => response.setHeader('content-type', 'application/json').end('{}');

/** Starts a collector that takes spans over OTLP/HTTP, as JSON and as protobuf; `answer` makes it another kind of host. */
export async function startTraceReceiver(answer = accept): Promise<TraceReceiver> {
  const messages = await protobuf.load(join(import.meta.dirname, 'trace-service.proto'));
  const message = messages.lookupType('ExportTraceServiceRequest');
  const received: TraceReceiver = { url: '', spans: [], requests: 0, close: () => Promise.resolve() };
  const server = createServer((request, response) => {
    received.requests++;
    void read(request, message).then((spans) => {
      if (answer === accept) received.spans.push(...spans);
      answer(response);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  received.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  received.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return received;
}

interface Wire {
  resourceSpans?: { resource?: { attributes?: WireValue[] }; scopeSpans?: { spans?: WireSpan[] }[] }[];
}
interface WireValue {
  key: string;
  value: Record<string, unknown>;
}
interface WireSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: WireValue[];
  events?: { name: string }[];
  status?: { code?: number };
}

async function read(request: IncomingMessage, message: protobuf.Type): Promise<ReceivedSpan[]> {
  const body = await buffer(request);
  if (!request.url?.endsWith('/v1/traces')) return [];
  const isProtobuf = request.headers['content-type'] === 'application/x-protobuf';
  const wire = isProtobuf ? decoded(message, body) : (JSON.parse(body.toString()) as Wire);
  return (wire.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) => {
    const service = String(valuesOf(resource?.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => received(span, service)));
  });
}

/** Protobuf has ids as bytes, JSON as hex. */
function decoded(message: protobuf.Type, body: Uint8Array): Wire {
  const wire = message.toObject(message.decode(body), { longs: String, bytes: String }) as Wire;
  const hex = (text = '') => Buffer.from(text, 'base64').toString('hex');
  for (const span of (wire.resourceSpans ?? []).flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap((s) => s.spans ?? []),
  )) {
    Object.assign(span, { traceId: hex(span.traceId), spanId: hex(span.spanId), parentSpanId: hex(span.parentSpanId) });
  }
  return wire;
}

function received(span: WireSpan, service: string): ReceivedSpan {
  const { traceId, spanId, parentSpanId = '', name, events = [], status } = span;
  const ms = (nanoseconds: string) => Number(BigInt(nanoseconds) / 1_000_000n);
  return {
    service,
    traceId,
    spanId,
    parentSpanId,
    name,
    startedAtMs: ms(span.startTimeUnixNano),
    endedAtMs: ms(span.endTimeUnixNano),
    attributes: valuesOf(span.attributes),
    events: events.map((event) => event.name),
    statusCode: status?.code ?? 0,
  };
}

function valuesOf(pairs: WireValue[] = []): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]));
}
