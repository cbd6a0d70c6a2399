import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { startApiServer, type ApiServer } from '../../local/kubernetes/api-server.ts';
import { loadCrds } from '../../local/kubernetes/crds.ts';
import { ensureCertificates, type Certificates } from '../../local/tls.ts';

export interface Cluster {
  url: string;
  dir: string;
  caFile: string;
  certificates: Certificates;
  configFor: (token: string, namespace?: string) => KubeConfig;
  restart: () => Promise<void>;
  close: () => Promise<void>;
}

/** The limited user has only the rights that a test gives. */
const TOKENS = {
  admin: { user: 'admin', groups: ['system:masters'] },
  limited: { user: 'app-submitter', uid: 'app-uid', groups: ['app:submitters'] },
};

/** An API server in a folder of its own; the bearer tokens are `admin` and `limited`. */
export async function startCluster(): Promise<Cluster> {
  const dir = mkdtempSync(join(tmpdir(), 'kubernetes-'));
  const certificates = await ensureCertificates(join(dir, 'tls'));
  const start = (port: number) =>
    startApiServer({
      name: 'test',
      port,
      dataDir: dir,
      tls: certificates,
      tokens: TOKENS,
      crds: loadCrds(),
      kubelet: { token: 'kubelet', ca: certificates.ca },
    });
  let server: ApiServer = await start(0);
  const { url } = server;
  return {
    url,
    dir,
    caFile: certificates.caFile,
    certificates,
    configFor: (token, namespace = 'landfall') => configOf(url, certificates.ca, token, namespace),
    restart: async () => {
      await server.close();
      server = await start(Number(new URL(url).port));
    },
    close: async () => {
      await server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function configOf(server: string, ca: string, token: string, namespace: string): KubeConfig {
  const config = new KubeConfig();
  const caData = Buffer.from(ca).toString('base64');
  config.loadFromOptions({
    clusters: [{ name: 'test', server, caData, skipTLSVerify: false }],
    users: [{ name: 'test', token }],
    contexts: [{ name: 'test', cluster: 'test', user: 'test', namespace }],
    currentContext: 'test',
  });
  return config;
}

/** A kubelet that answers every log request with what was asked. */
export async function startKubelet({ key, cert }: Certificates): Promise<{ port: number; server: Server }> {
  const server = createServer({ key, cert }, (request, response) => {
    response.writeHead(request.headers.authorization === 'Bearer kubelet' ? 200 : 401);
    response.end(`log of ${request.url}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, server };
}
