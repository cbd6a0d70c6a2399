// Loaded into the functions host by NODE_OPTIONS: counts the requests that it sends, by port, and keeps the sum in a file.
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';

const file = process.env['COUNT_REQUESTS'];
/** @type {Record<string, number>} */
const counts = {};

/** @param {string} port */
function count(port) {
  counts[port] = (counts[port] ?? 0) + 1;
}

if (file && process.argv[1]?.endsWith('functions-host/cli.ts')) {
  subscribe('http.client.request.start', (message) => {
    const { request } = /** @type {{ request: { getHeader(name: string): unknown } }} */ (message);
    count(String(request.getHeader('host')).split(':')[1] ?? '443');
  });
  subscribe('undici:request:create', (message) => {
    const { request } = /** @type {{ request: { origin: string } }} */ (message);
    count(new URL(request.origin).port);
  });
  setInterval(() => writeFileSync(file, JSON.stringify(counts)), 200).unref();
}
