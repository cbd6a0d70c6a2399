import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { parseRequest } from '../../local/kubernetes/request.ts';
import { ensureCertificates } from '../../local/tls.ts';
import { createCluster, type Cluster } from '../../shared/clients/cluster.ts';
import type { ClusterName } from '../../shared/config.ts';
import { KINDS, type Kind, type Manifest } from '../../shared/manifests/kinds.ts';

const SERVED = Object.values(KINDS).map(({ group, version }) => ({ name: group, versions: [{ version }] }));

/** The rights that the app's client uses on a cluster, as `VERB RESOURCE.GROUP`: every method is called and noted. */
export async function appRights(cluster: ClusterName): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-rights-'));
  const { key, cert, ca } = await ensureCertificates(join(folder, 'tls'));
  const used = new Set<string>();
  const server = createServer({ key, cert }, (request, response) => {
    const { verb, plural, subresource, group, isResource } = parseRequest(request.method ?? '', request.url ?? '');
    // Everybody who is signed in may ask about his own rights and what is served.
    if (isResource && plural !== 'selfsubjectaccessreviews')
      used.add(`${verb} ${plural}${subresource ? `/${subresource}` : ''}${group && `.${group}`}`);
    request
      .resume()
      .on('end', () =>
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ items: [], groups: SERVED })),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await callAll(cluster, `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca);
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  }
  return [...used].sort();
}

async function callAll(cluster: ClusterName, server: string, ca: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'c', server, caData: Buffer.from(ca).toString('base64'), skipTLSVerify: false },
    { name: 'u', token: 't' },
  );
  const app = createCluster(cluster, {
    config: () => Promise.resolve(config),
    forget: () => undefined,
    wake: () => Promise.resolve({ awake: true }),
    pools: () => Promise.resolve([]),
  });
  for (const kind of Object.keys(KINDS) as Kind[]) if (KINDS[kind].cluster === cluster) await callAllOf(kind, app);
  await app.pods('a=b');
  await app.events('x');
  await app.log('x', 'c', 1);
  await app.quota();
}

async function callAllOf(kind: Kind, app: Cluster): Promise<void> {
  const manifest: Manifest = { apiVersion: '', kind, metadata: { name: 'x', namespace: 'landfall' }, spec: {} };
  await app.create(manifest);
  await app.apply(manifest);
  await app.get(kind, 'x');
  await app.remove(kind, 'x');
  await app.names(kind, 'a=b');
  await app.refusals(kind);
  await app.condition(kind);
  // Only predictors are asked, and all by POST (orchestrations/activities/rollout.ts, functions/http/handlers/predict.ts).
  if (kind === 'InferenceService') await app.ask('x', 8080, { method: 'POST', path: '/', body: '{}' });
}
