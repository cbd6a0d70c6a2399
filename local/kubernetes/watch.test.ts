import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watch, type WatchOptions } from './watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('after its end nothing is written, however late the client closes', () => {
  const listeners = new Set<(event: unknown) => void>();
  const store = {
    revision: 7,
    compacted: 0,
    list: () => [],
    since: () => [],
    listen: (listener: (event: unknown) => void) => (listeners.add(listener), () => listeners.delete(listener)),
  };
  const response = Object.assign(new PassThrough(), { writeHead: () => undefined, flushHeaders: () => undefined });
  const failures: Error[] = [];
  response.on('error', (error) => failures.push(error));
  const query = new URLSearchParams({ timeoutSeconds: '30', allowWatchBookmarks: 'true' });
  const resource = { id: 'pods', kind: 'Pod', apiVersion: 'v1' };
  watch({ store, resource, namespace: undefined, query, format: {}, response } as unknown as WatchOptions);

  vi.advanceTimersByTime(25_000);
  expect(response.writableLength + response.readableLength).toBeGreaterThan(0);
  vi.advanceTimersByTime(65_000);
  for (const listener of listeners)
    listener({ revision: 8, resource: 'pods', type: 'ADDED', object: { metadata: {} } });
  expect(response.writableEnded).toBe(true);
  expect([failures, listeners.size, vi.getTimerCount()]).toEqual([[], 0, 0]);
});
