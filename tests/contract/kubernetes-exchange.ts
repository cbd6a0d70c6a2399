import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** One request and its answer, as the driver records them. */
export interface Exchange {
  id: string;
  request: { method: string; path: string };
  response: { status: number | null; headers: Record<string, string>; body?: string };
}

const RECORDED = join(import.meta.dirname, '../fixtures/kubernetes/exchanges.jsonl.gz');

/** What the real server answered, in order. */
export const recordedExchanges = (): Exchange[] =>
  gunzipSync(readFileSync(RECORDED))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Exchange);

/** What a run of the driver left in a folder, by id. */
export function readExchanges(dir: string): Map<string, Exchange> {
  const files = readdirSync(dir).filter((name) => /^\d+-/.test(name));
  const exchanges = files.map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')) as Exchange);
  return new Map(exchanges.map((exchange) => [exchange.id, exchange]));
}

/** An answer without what differs from run to run: ids, times, revisions and generated names. */
export function comparable({ response }: Exchange): unknown {
  const { status, headers, body = '' } = response;
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { status, type: lower['content-type'], warning: lower['warning'], body: comparableBody(body) };
}

function comparableBody(body: string): unknown {
  try {
    return body
      .trimEnd()
      .split(/\n(?=\{)/)
      .map((line) => normalise(JSON.parse(line)));
  } catch {
    return body;
  }
}

type Json = Record<string, unknown>;

// The order of fields means nothing in JSON, and neither does that of a 422's causes: the real server's is random.
function normalise(value: unknown, field = ''): unknown {
  if (Array.isArray(value)) return normaliseList(value, field);
  if (typeof value === 'string') return masked(value, field);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value as Json).filter(([name]) => !IGNORED.has(name));
  const result = Object.fromEntries(
    fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, child]) => [masked(name, ''), normalise(child, name)]),
  );
  const causes = (result['details'] as Json | undefined)?.['causes'];
  if (Array.isArray(causes) && causes.length > 1) delete result['message'];
  return result;
}

const IGNORED = new Set(['description', 'storageVersionHash']);

function normaliseList(list: unknown[], field: string): unknown[] {
  const items = list.map((item) => normalise(item, field));
  if (field === 'causes') return items.map((item) => JSON.stringify(item)).sort();
  // Managers are in the order of their times, which are whole seconds: a slower run crosses another one.
  if (field === 'managedFields') return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return field === 'verbs' ? items.sort() : items;
}

function masked(text: string, field: string): string {
  if (field === 'resourceVersion' || field === 'continue') return text && `<${field}>`;
  if (field === 'cells' && /^\d+[smhd]/.test(text)) return '<age>';
  return (
    text
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>')
      .replace(/^(gen|run)-[a-z0-9]{5}$/, '$1-<suffix>')
      .replace(/^10\.\d+\.\d+\.\d+$/, '<address>')
      .replace(/in record \(\d+\)/, 'in record (<n>)')
      .replace(/current: \d+/, 'current: <n>')
      // The real server appends a diff of its own Go structs.
      .replace(/\n@@[^]*$/, '')
      .replace(/^too old resource version: .*/, 'too old resource version')
      .replace(/kubelocal/, 'kube-controller-manager')
  );
}
