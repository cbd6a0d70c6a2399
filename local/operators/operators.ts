import { setMaxListeners } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runController } from './controller.ts';
import { startGateway } from './gateway.ts';
import { createImages } from './image.ts';
import { jobOperator } from './job-operator.ts';
import { kserve } from './kserve.ts';
import { Kube, type ClusterAccess } from './kube.ts';
import { startKubelet } from './kubelet.ts';
import { machineEnv, type NodeMachine } from './machine-env.ts';
import { sparkOperator } from './spark-operator.ts';
import { trainingOperator } from './training-operator.ts';

type ClusterKey = 'dataProcessing' | 'training' | 'serving';

export interface OperatorsOptions {
  clusters: Record<ClusterKey, ClusterAccess>;
  registry: { ca: string };
  machine: NodeMachine;
  /** 0 takes any free port, here and below. */
  gatewayPort: number;
  kubeletPorts: Record<ClusterKey, number>;
  /** What API servers show to read logs. */
  kubeletToken: string;
  tls: { key: string; cert: string };
}

export interface Operators {
  /** The ingress gateway. */
  url: string;
  /** Stops everything, all processes of pods first; what they were is found out at the next start. */
  close(): Promise<void>;
}

/** Starts a kubelet and an operator on each cluster, as clients of its API server and nothing more. */
export async function startOperators(options: OperatorsOptions): Promise<Operators> {
  const { clusters, machine, registry, kubeletPorts, kubeletToken: token, tls } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  setMaxListeners(0, signal);
  mkdirSync(machine.dataDir, { recursive: true });
  const gateway = await startGateway(options.gatewayPort);
  const host = {
    machine,
    env: await machineEnv(machine),
    pull: createImages(join(machine.dataDir, 'images'), registry.ca),
  };
  const start = async (key: ClusterKey) => {
    const kube = new Kube(clusters[key]);
    const folder = join(machine.dataDir, key);
    const logs = { port: kubeletPorts[key], token, tls, ca: registry.ca };
    return { kube, kubelet: await startKubelet({ kube, host, folder, logs, signal }) };
  };
  const [data, training, serving] = await Promise.all([start('dataProcessing'), start('training'), start('serving')]);
  runController(data.kube, sparkOperator(data.kube, machine.jars), signal);
  runController(data.kube, jobOperator(data.kube), signal);
  runController(training.kube, trainingOperator(training.kube), signal);
  runController(serving.kube, kserve(serving.kube, gateway), signal);
  return {
    url: gateway.url,
    async close() {
      stopping.abort();
      await Promise.all([data, training, serving].map(({ kubelet }) => kubelet.close()));
      await gateway.close();
    },
  };
}
