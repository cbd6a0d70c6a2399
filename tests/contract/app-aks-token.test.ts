import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { DefaultAzureCredential } from '@azure/identity';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeKubeconfig } from '../../local/kubeconfig.ts';
import { ensureCertificates } from '../../local/tls.ts';
import { clusterConnection } from '../../shared/clients/cluster-connection.ts';
import { createCluster } from '../../shared/clients/cluster.ts';
import { clusterId, startAzure, type AzureOptions, type AzureStandIn } from '../kit/azure-stand-in.ts';

// By itself, since the SDK keeps the tokens of an identity for the whole process.
const folder = mkdtempSync(join(tmpdir(), 'landfall-token-'));
const trusted = getCACertificates();
const accepted = new Set(['first']);
const used: string[] = [];
let options: AzureOptions;
let azure: AzureStandIn;
let server: Server;

beforeAll(async () => {
  const tls = await ensureCertificates(join(folder, 'tls'));
  setDefaultCACertificates([...trusted, tls.ca]);
  server = createServer({ key: tls.key, cert: tls.cert }, (request, response) => {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    used.push(token);
    response.writeHead(accepted.has(token) ? 200 : 401, { 'content-type': 'application/json' }).end('{"items": []}');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const file = join(folder, 'kubeconfig');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeKubeconfig(file, 'app', '', tls.ca, [{ context: 'training', server: url }]);
  const kubeconfig = () => readFileSync(file, 'utf8');
  options = {
    tls,
    aksToken: () => 'first',
    // Within the two minutes in which the SDK sees to the next one.
    tokenSeconds: 100,
    clusters: { training: { power: 'Running', provisioning: 'Succeeded', kubeconfig, pools: [] } },
  };
  azure = await startAzure(options);
  for (const [name, value] of Object.entries(azure.env)) vi.stubEnv(name, value);
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await azure.close();
  setDefaultCACertificates(trusted);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('a token is replaced before it expires, without a request that fails or waits, and then kept', async () => {
  const connection = clusterConnection(
    { resourceId: clusterId('training') },
    () => new DefaultAzureCredential(),
    azure.url,
  );
  const cluster = createCluster('training', connection);
  await cluster.pods('a=b');
  expect(used).toEqual(['first']);

  options.aksToken = () => 'second';
  options.tokenSeconds = 3_600;
  accepted.add('second');
  await vi.waitFor(async () => {
    expect(await cluster.pods('a=b')).toEqual([]);
    expect(used.at(-1)).toBe('second');
  });

  accepted.delete('first');
  options.aksToken = () => 'third';
  await Promise.all([cluster.pods('a=b'), cluster.pods('a=b')]);
  expect(used.slice(-2)).toEqual(['second', 'second']);
});
