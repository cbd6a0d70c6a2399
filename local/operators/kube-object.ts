/** A Kubernetes object, as loosely as an operator reads it. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    deletionGracePeriodSeconds?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { uid: string }[];
  };
  data?: Record<string, string>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the API server validates it against its own schemas
  spec?: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  status?: any;
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: object;
}

/** A container of a pod, as far as this machine can run it. */
export interface ContainerSpec {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  workingDir?: string;
  env?: EnvVar[];
  envFrom?: object[];
  ports?: { containerPort: number }[];
  readinessProbe?: { httpGet?: { path?: string; port?: number } };
  terminationMessagePolicy?: string;
}

export interface ContainerStatus {
  name: string;
  image: string;
  imageID: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  state: ContainerState;
  lastState: ContainerState;
}

export interface ContainerState {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: { exitCode: number; reason: string; message?: string; startedAt: string; finishedAt: string };
}

/** The one node of each local cluster. */
export const NODE = 'this-machine';

/** Path of a namespace's pods. */
export const podsPath = (namespace = 'default') => `/api/v1/namespaces/${namespace}/pods`;

/** Time as Kubernetes writes it: whole seconds, UTC. */
export const kubeTime = (at = new Date()) => `${at.toISOString().slice(0, 19)}Z`;

/** Environment variables as a pod lists them. */
export const envList = (values: Record<string, string>): EnvVar[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/** Whether a condition of that type holds. */
export const holds = ({ status }: KubeObject, type: string): boolean =>
  status?.conditions?.some((one: { type: string; status: string }) => one.type === type && one.status === 'True') ??
  false;
