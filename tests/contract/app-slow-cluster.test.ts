import { mkdtempSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ensureCertificates, type Certificates } from '../../local/tls.ts';
import { PATIENCE } from '../../shared/clients/cluster-errors.ts';
import { createCluster, type Cluster } from '../../shared/clients/cluster.ts';

// API servers that say nothing, stop in the middle, or have more to say than fits into memory.
const folder = mkdtempSync(join(tmpdir(), 'landfall-slow-'));
const servers: Server[] = [];
let tls: Certificates;

beforeAll(async () => {
  tls = await ensureCertificates(folder);
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A cluster whose API server answers as told; `asked` are the paths that it was asked for. */
async function clusterOf(answer: RequestListener): Promise<{ cluster: Cluster; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer({ key: tls.key, cert: tls.cert }, (request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    {
      name: 'c',
      server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      caData: Buffer.from(tls.ca).toString('base64'),
      skipTLSVerify: false,
    },
    { name: 'u', token: 't' },
  );
  const connection = {
    config: async () => config,
    forget: () => undefined,
    wake: async () => ({ awake: true as const }),
    pools: async () => [],
  };
  const patience = { ...PATIENCE, deadlineMs: 300, pause: async () => undefined };
  return { cluster: createCluster('training', connection, patience), asked };
}

test.each<[string, RequestListener]>([
  ['says nothing', () => undefined],
  ['stops in the middle', (_, response) => void response.writeHead(200).write('{"items": [')],
])('a server that %s is asked again, and then told as one that does not answer', async (_, answer) => {
  const { cluster, asked } = await clusterOf(answer);
  await expect(cluster.pods('a=b')).rejects.toThrow(
    /Cluster training could not be asked to list pods: no answer within 0\.3 s\. Check its address/,
  );
  expect(asked).toHaveLength(PATIENCE.attempts);
});

test('a predictor that says nothing is asked once', async () => {
  const { cluster, asked } = await clusterOf(() => undefined);
  const answer = cluster.ask('pod', 8080, { method: 'POST', path: '/x', body: '{}' });
  await expect(answer).rejects.toThrow(/could not be asked to ask pod: no answer within 0\.3 s/);
  expect(asked).toEqual(['/api/v1/namespaces/landfall/pods/pod:8080/proxy/x']);
});

test('a log may take longer than other answers, and one that is not there is empty', async () => {
  const { cluster, asked } = await clusterOf((request, response) => {
    if (request.url?.includes('/none/')) response.writeHead(404).end('{"message":"no such pod"}');
    else setTimeout(() => response.end('slow\n'), 600);
  });
  expect(await cluster.log('pod', 'c', 10)).toEqual({ lines: ['slow'], isShortened: false });
  expect(await cluster.log('none', 'c', 10)).toEqual({ lines: [], isShortened: false });
  expect(asked[0]).toBe('/api/v1/namespaces/landfall/pods/pod/log?container=c&tailLines=11');
});

test('of a log that may not be read the refusal is told', async () => {
  const { cluster } = await clusterOf((_, response) => response.writeHead(403).end('{"message":"pods is forbidden"}'));
  await expect(cluster.log('pod', 'c', 10)).rejects.toThrow(/read the log of pod: pods is forbidden\. Apply/);
});

const MB = 1024 * 1024;

test('of a progress bar of 100 MB the end is read, and memory holds no more than that', async () => {
  let sent = 0;
  const { cluster } = await clusterOf((_, response) => {
    const bar = '█'.repeat(30);
    function* frames() {
      for (let step = 1; sent < 100 * MB; step++) {
        // A thousand frames of one bar, which never ends its line.
        const chunk = Buffer.from(`\r${step}: ${bar}`.repeat(1_000));
        sent += chunk.length;
        yield chunk;
      }
      yield Buffer.from('\nTraceback: the end');
    }
    Readable.from(frames(), { highWaterMark: 1 }).pipe(response.writeHead(200));
  });
  let most = 0;
  const used = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const watch = setInterval(() => (most = Math.max(most, used() - before)), 10);
  const { lines, isShortened } = await cluster.log('pod', 'c', 2_000);
  clearInterval(watch);
  expect(sent).toBeGreaterThanOrEqual(100 * MB);
  expect(lines.at(-1)).toBe('Traceback: the end');
  expect(lines.at(-2)).toMatch(/^\d+: █{30}$/);
  expect(lines).toHaveLength(2_000);
  expect(isShortened).toBe(true);
  expect(most).toBeLessThan(80 * MB);
  expect(most).toBeGreaterThan(0);
}, 60_000);
