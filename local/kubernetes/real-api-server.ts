import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate } from 'selfsigned';
import { freePort } from '../operators/free-port.ts';
import { writeKubeconfig } from '../kubeconfig.ts';
import type { Certificates } from '../tls.ts';
import type { User } from './access.ts';
import type { ApiServer } from './api-server.ts';

export interface RealApiServerOptions {
  /** Program that runs etcd, kube-apiserver and kube-controller-manager in one: `PROGRAM all … -- … -- …`. */
  program: string;
  port: number;
  dataDir: string;
  tls: Certificates;
  tokens: Record<string, User>;
  /** Parsed CustomResourceDefinition documents. */
  crds: object[];
}

const READY_LIMIT_MS = 60_000;

/** Starts a real Kubernetes API server on 127.0.0.1 in place of ours; `admin` must be one of its users. */
export async function startRealApiServer(options: RealApiServerOptions): Promise<ApiServer> {
  const { program, port, dataDir, tls, tokens, crds } = options;
  mkdirSync(dataDir, { recursive: true });
  const url = `https://127.0.0.1:${port}`;
  const [admin = ''] = Object.entries(tokens).find(([, { user }]) => user === 'admin') ?? [];
  const [etcd, peer] = [await freePort(), await freePort()];
  const where = ['--data-dir', dataDir, '--client', `127.0.0.1:${etcd}`, '--peer', `127.0.0.1:${peer}`];
  const server = [`--etcd-servers=http://127.0.0.1:${etcd}`, ...(await serverFlags(options))];
  const controllers = controllerFlags(dataDir, url, admin, tls);
  const child = spawn(program, ['all', ...where, '--', ...server, '--', ...controllers], { stdio: 'ignore' });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
    child.once('exit', (code) => reject(new Error(`${program} ended with exit code ${code}`)));
  });
  // It may end at any time from now on; then requests say so.
  failed.catch(() => undefined);
  const ask = asker(url, admin, tls.ca);
  await Promise.race([failed, until(async () => (await ask('GET', '/readyz')).status === 200)]);
  for (const crd of crds) await install(ask, crd as Crd);
  return {
    url,
    // SIGTERM takes it a minute, and what it has stored is safe.
    close: async () => void child.kill('SIGKILL'),
  };
}

async function serverFlags({ port, dataDir, tls, tokens }: RealApiServerOptions): Promise<string[]> {
  const file = (name: string, text: string) => keep(dataDir, name, text);
  const rows = Object.entries(tokens).map(
    ([token, { user, groups }]) => `${token},${user},${user},"${groups.join(',')}"`,
  );
  const client = await clientCertificate(tls);
  serviceAccountKeys(dataDir);
  return [
    ...['--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', `--secure-port=${port}`],
    ...[`--tls-cert-file=${file('server.pem', tls.cert)}`, `--tls-private-key-file=${file('server.key', tls.key)}`],
    ...[`--service-account-key-file=${join(dataDir, 'sa.pub')}`, '--authorization-mode=RBAC'],
    ...[`--service-account-signing-key-file=${join(dataDir, 'sa.key')}`],
    ...['--service-account-issuer=https://kubernetes.default.svc', '--service-cluster-ip-range=10.0.0.0/24'],
    ...[`--token-auth-file=${file('tokens.csv', `${rows.join('\n')}\n`)}`, '--endpoint-reconciler-type=none'],
    ...[`--kubelet-client-certificate=${file('client.pem', client.cert)}`],
    ...[`--kubelet-client-key=${file('client.key', client.private)}`],
    `--kubelet-certificate-authority=${file('ca.pem', tls.ca)}`,
  ];
}

function controllerFlags(dataDir: string, url: string, admin: string, tls: Certificates): string[] {
  const kubeconfig = join(dataDir, 'kubeconfig');
  writeKubeconfig(kubeconfig, 'admin', admin, tls.ca, [{ context: 'cluster', server: url }]);
  const names = ['namespace', 'garbage-collector', 'serviceaccount', 'resourcequota'].map(
    (name) => `${name}-controller`,
  );
  return [
    ...[`--kubeconfig=${kubeconfig}`, '--secure-port=0', '--leader-elect=false'],
    ...[`--root-ca-file=${join(dataDir, 'ca.pem')}`, `--service-account-private-key-file=${join(dataDir, 'sa.key')}`],
    `--controllers=${[...names, 'root-ca-certificate-publisher-controller'].join(',')}`,
  ];
}

function keep(dataDir: string, name: string, text: string): string {
  writeFileSync(join(dataDir, name), text, { mode: 0o600 });
  return join(dataDir, name);
}

/** Tokens of service accounts outlive a restart, so their key does. */
function serviceAccountKeys(dataDir: string): void {
  if (existsSync(join(dataDir, 'sa.pub'))) return;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  keep(dataDir, 'sa.key', privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
  keep(dataDir, 'sa.pub', publicKey.export({ type: 'spki', format: 'pem' }) as string);
}

/** What the API server shows the kubelet. */
function clientCertificate(tls: Certificates) {
  const authority = { cert: tls.ca, key: readFileSync(tls.caFile.replace(/pem$/, 'key'), 'utf8') };
  return generate([{ name: 'commonName', value: 'apiserver' }], {
    ...{ keyType: 'ec', algorithm: 'sha256', ca: authority },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
}

interface Crd {
  spec: { group: string; versions: { name: string; served: boolean }[]; names: { plural: string } };
}

type Ask = (method: string, path: string, body?: unknown) => Promise<{ status: number; text: string }>;

/** Installs a definition, and waits until its objects can be listed. */
async function install(ask: Ask, crd: Crd): Promise<void> {
  const { status, text } = await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd);
  if (status !== 201 && status !== 409) throw new Error(`A definition was refused (${status}): ${text.slice(0, 300)}`);
  const { group, versions, names } = crd.spec;
  const version = versions.find(({ served }) => served)?.name;
  await until(async () => (await ask('GET', `/apis/${group}/${version}/${names.plural}`)).status === 200);
}

function asker(url: string, token: string, ca: string): Ask {
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const request = https.request(url + path, { method, headers, ca }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      request.on('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const since = Date.now(); ; await sleep(300)) {
    try {
      if (await isSo()) return;
    } catch (error) {
      if (Date.now() - since > READY_LIMIT_MS) throw error;
    }
    if (Date.now() - since > READY_LIMIT_MS) throw new Error('The API server did not get ready in time');
  }
}
