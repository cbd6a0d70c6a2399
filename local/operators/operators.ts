import { runController } from './controller.ts';
import { startGateway } from './gateway.ts';
import { ISVC, kserve } from './kserve.ts';
import { Kube, type ClusterAccess } from './kube.ts';
import { startKubelet } from './kubelet.ts';
import type { NodeMachine } from './machine-env.ts';
import { SPARK, sparkOperator } from './spark-operator.ts';
import { PYTORCH, trainingOperator } from './training-operator.ts';

type ClusterKey = 'dataProcessing' | 'training' | 'serving';

export interface OperatorsOptions {
  clusters: Record<ClusterKey, ClusterAccess>;
  registry: { ca: string };
  machine: NodeMachine;
  gatewayPort: number;
  kubeletPorts: Record<ClusterKey, number>;
  kubeletToken: string;
  tls: { key: string; cert: string };
}

/** Starts a kubelet and an operator on each cluster, as clients of its API server and nothing more. */
export async function startOperators(options: OperatorsOptions): Promise<{ close(): Promise<void> }> {
  const { clusters, machine, registry, kubeletPorts, kubeletToken, tls } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const gateway = await startGateway(options.gatewayPort);
  const start = async (key: ClusterKey) => {
    const kube = new Kube(clusters[key]);
    const kubelet = await startKubelet({
      kube,
      machine,
      name: key,
      registryCa: registry.ca,
      port: kubeletPorts[key],
      token: kubeletToken,
      tls,
      signal,
    });
    return { kube, kubelet };
  };
  const data = await start('dataProcessing');
  const training = await start('training');
  const serving = await start('serving');
  runController(data.kube, SPARK, sparkOperator(data.kube, machine.jars), signal);
  runController(training.kube, PYTORCH, trainingOperator(training.kube), signal);
  runController(serving.kube, ISVC, kserve(serving.kube, gateway.route), signal, gateway.forget);
  return {
    async close() {
      stopping.abort();
      await Promise.all([gateway, data.kubelet, training.kubelet, serving.kubelet].map((part) => part.close()));
    },
  };
}
