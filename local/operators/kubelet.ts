import { createReadStream, existsSync, mkdirSync, readFileSync, watch } from 'node:fs';
import type { ServerResponse } from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { kubeTime, podsPath, type Kube, type KubeObject } from './kube.ts';
import { findPrograms, machineEnv, type NodeMachine } from './machine-env.ts';
import { logFileOf, PodProcess } from './pod-process.ts';
import { Processes } from './processes.ts';

/** The one node of each local cluster. */
export const NODE = 'this-machine';

export interface KubeletOptions {
  kube: Kube;
  machine: NodeMachine;
  /** Folder of this cluster: images are shared, logs and process files are not. */
  name: string;
  registryCa: string;
  port: number;
  token: string;
  tls: { key: string; cert: string };
  signal: AbortSignal;
}

/** Runs the pods of this machine's node as processes, and serves their logs to the API server as a kubelet does. */
export async function startKubelet({
  kube,
  machine,
  name,
  registryCa,
  port,
  token,
  tls,
  signal,
}: KubeletOptions): Promise<{ close(): Promise<void> }> {
  const folder = join(machine.dataDir, name);
  const logs = join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const processes = new Processes();
  const { sparkHome, ...programs } = findPrograms(machine);
  const known = new Map<string, PodProcess>();
  const pathOf = ({ metadata }: KubeObject) => `${podsPath(metadata.namespace ?? '')}/${metadata.name}`;

  const context = {
    processes,
    programs,
    env: machineEnv(machine, sparkHome),
    imageFolder: join(machine.dataDir, 'images'),
    logFile: ({ metadata }: KubeObject, container: string) =>
      logFileOf(logs, metadata.namespace ?? '', metadata.name, container),
    ca: registryCa,
    report: async (pod: KubeObject, status: Record<string, unknown>) => {
      await kube.patchStatus(pathOf(pod), status).catch((error: unknown) => {
        if (!signal.aborted) console.error(`pod ${pod.metadata.name}: ${String(error)}`);
      });
    },
  };

  const take = (pod: KubeObject) => {
    const uid = pod.metadata.uid ?? '';
    if (pod.metadata.deletionTimestamp) return void end(pod);
    if (known.has(uid) || ['Succeeded', 'Failed'].includes(pod.status?.phase)) return;
    // Its process went with an earlier platform. One that may be restarted is; a job is told that its node was lost.
    if (pod.status?.phase === 'Running' && pod.spec.restartPolicy === 'Never') return void lost(pod);
    const process = new PodProcess(pod, context);
    known.set(uid, process);
    void process
      .run()
      .catch((error: unknown) =>
        context.report(pod, { phase: 'Failed', reason: 'StartError', message: String(error) }),
      );
  };
  const lost = (pod: KubeObject) =>
    context.report(pod, { phase: 'Failed', reason: 'NodeLost', message: 'The machine was stopped while the pod ran.' });
  const end = async (pod: KubeObject) => {
    await known.get(pod.metadata.uid ?? '')?.kill();
    known.delete(pod.metadata.uid ?? '');
    await kube.remove(pathOf(pod), '?gracePeriodSeconds=0');
  };

  await register(kube, port);
  const server = await serveLogs(port, logs, token, tls);
  void kube.watch(
    '/api/v1/pods',
    (type, pods) => {
      for (const pod of pods.filter(({ spec }) => spec.nodeName === NODE)) {
        if (type === 'DELETED')
          void known
            .get(pod.metadata.uid ?? '')
            ?.kill()
            .then(() => known.delete(pod.metadata.uid ?? ''));
        else take(pod);
      }
    },
    signal,
  );
  return {
    async close() {
      server.closeAllConnections();
      server.close();
      await processes.close();
    },
  };
}

async function register(kube: Kube, port: number): Promise<void> {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE }, spec: {} };
  await kube.ensure('/api/v1/nodes', node);
  await kube.patchStatus(`/api/v1/nodes/${NODE}`, {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: kubeTime() }],
  });
}

/** GET /containerLogs/NAMESPACE/POD/CONTAINER?tailLines&follow, for the API server's token alone. */
async function serveLogs(
  port: number,
  folder: string,
  token: string,
  tls: { key: string; cert: string },
): Promise<https.Server> {
  const server = https.createServer(tls, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://kubelet');
    const [, route, namespace = '', pod = '', container = ''] = url.pathname.split('/').map(decodeURIComponent);
    if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end();
    if (route !== 'containerLogs')
      return void response.writeHead(404).end(`${url.pathname} is not served by this kubelet`);
    const file = logFileOf(folder, namespace, pod, container);
    if (!existsSync(file)) return void response.writeHead(404).end(`container ${container} of pod ${pod} has no log`);
    const tail = Number(url.searchParams.get('tailLines') ?? Number.NaN);
    const content = readFileSync(file);
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write(lastLines(content, tail));
    if (url.searchParams.get('follow') !== 'true') return void response.end();
    follow(file, content.length, response);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return server;
}

function lastLines(content: Buffer, count: number): Buffer {
  const lines = content.toString('utf8').split('\n');
  return Number.isNaN(count) || lines.length - 1 <= count ? content : Buffer.from(lines.slice(-count - 1).join('\n'));
}

function follow(file: string, from: number, response: ServerResponse): void {
  let position = from;
  const watcher = watch(file, () => {
    const stream = createReadStream(file, { start: position });
    stream.on('data', (chunk) => {
      position += chunk.length;
      response.write(chunk);
    });
  });
  response.on('close', () => watcher.close());
}
