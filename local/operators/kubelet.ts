import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runContainer, type ContainerHost } from './container.ts';
import type { Kube } from './kube.ts';
import { kubeTime, NODE, podsPath, type ContainerSpec, type ContainerStatus, type KubeObject } from './kube-object.ts';
import { serveLogs, type LogAccess } from './log-server.ts';
import { eventOf, lostStatus, podStatus } from './pod-status.ts';
import { troubleOf } from './trouble.ts';

export interface KubeletOptions {
  kube: Kube;
  host: ContainerHost;
  /** Folder of the logs. */
  folder: string;
  logs: LogAccess;
  signal: AbortSignal;
}

interface Pod {
  stop: AbortController;
  /** Settles when none of its processes is left. */
  ended: Promise<unknown>;
  isEnding: boolean;
}

const LONGEST_GRACE_MS = 10_000;
const CLOSE_GRACE_MS = 2_000;
const RETRY_MS = 500;

/** Runs the pods of this machine's node as processes, and serves their logs to the API server as a kubelet does. */
export async function startKubelet({ kube, host, folder, logs, signal }: KubeletOptions) {
  const pods = new Map<string, Pod>();
  const open = new Set<string>();
  mkdirSync(folder, { recursive: true });
  const logOf = (namespace = '', pod: string, container: string) =>
    join(folder, `${namespace}_${pod}_${container}.log`);

  const begin = (pod: KubeObject): Pod => {
    const stop = new AbortController();
    const publish = publisher(kube, pod, signal);
    const idle = (status?: object) => ({ stop, ended: Promise.resolve(status && publish(status)), isEnding: false });
    if (pod.metadata.deletionTimestamp || ['Succeeded', 'Failed'].includes(pod.status?.phase)) return idle();
    // It was started, but by an earlier process than this.
    if (pod.status?.phase === 'Running') return idle(lostStatus(pod));
    const asked = troubleOf(pod);
    if (asked?.event) kube.event({ ...pod, apiVersion: 'v1', kind: 'Pod' }, ...asked.event, 'Warning');
    if (asked) return idle(asked.status);
    if (pod.spec.initContainers?.length)
      return idle({ phase: 'Failed', reason: 'Unsupported', message: 'Init containers are not supported here.' });
    const shown = new Map<string, ContainerStatus>();
    const startTime = kubeTime();
    const run = async (spec: ContainerSpec) => {
      const log = logOf(pod.metadata.namespace, pod.metadata.name, spec.name);
      const show = (status: ContainerStatus) => {
        const event = eventOf(status, shown.get(spec.name));
        if (event) kube.event({ ...pod, apiVersion: 'v1', kind: 'Pod' }, ...event);
        shown.set(spec.name, status);
        void publish(podStatus(pod, [...shown.values()], startTime));
      };
      open.add(log);
      const restartPolicy = pod.spec.restartPolicy ?? 'Always';
      await runContainer(host, { spec, restartPolicy, log, stop: stop.signal, show });
      open.delete(log);
    };
    const broken = (error: unknown) => publish({ phase: 'Failed', reason: 'StartError', message: String(error) });
    return { stop, ended: Promise.all(pod.spec.containers.map(run)).catch(broken), isEnding: false };
  };

  const take = (pod: KubeObject, isGone: boolean) => {
    const { uid = '', namespace, name, deletionTimestamp, deletionGracePeriodSeconds = 30 } = pod.metadata;
    const known = pods.get(uid) ?? (isGone ? undefined : begin(pod));
    if (!known) return;
    pods.set(uid, known);
    if (isGone) {
      known.stop.abort(0);
      pods.delete(uid);
      for (const spec of pod.spec.containers) rmSync(logOf(namespace, name, spec.name), { force: true });
    } else if (deletionTimestamp && !known.isEnding) {
      known.isEnding = true;
      known.stop.abort(Math.min(deletionGracePeriodSeconds * 1_000, LONGEST_GRACE_MS));
      void known.ended.then(() => persist(() => kube.removePod(pod, 0), signal));
    }
  };

  const server = await serveLogs(logs, logOf, (log) => open.has(log));
  await register(kube, server.port);
  kube.mirror(`/api/v1/pods?fieldSelector=spec.nodeName%3D${NODE}`, signal, take);
  return {
    async close() {
      server.close();
      const all = [...pods.values()];
      for (const { stop } of all) stop.abort(CLOSE_GRACE_MS);
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

async function register(kube: Kube, port: number): Promise<void> {
  const metadata = { name: NODE, labels: { 'kubernetes.io/hostname': NODE } };
  await kube.ensure('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata });
  await kube.patchStatus(
    '/api/v1/nodes',
    { metadata },
    {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: kubeTime() }],
    },
  );
}

/** Writes a pod's latest status, one write at a time, for as long as it takes. */
function publisher(kube: Kube, pod: KubeObject, signal: AbortSignal) {
  let latest: object | undefined;
  let isBusy = false;
  return async (status: object) => {
    latest = status;
    if (isBusy) return;
    isBusy = true;
    while (latest) {
      const sent = latest;
      latest = undefined;
      await persist(() => kube.patchStatus(podsPath(pod.metadata.namespace), pod, sent), signal);
    }
    isBusy = false;
  };
}

async function persist(write: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  for (let isDone = false; !isDone && !signal.aborted;) {
    isDone = await write().then(
      () => true,
      (error: unknown) => (console.error(`kubelet: ${String(error)}`), false),
    );
    if (!isDone) await sleep(RETRY_MS);
  }
}
