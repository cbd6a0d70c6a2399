import { randomUUID } from 'node:crypto';
import { ownedBy, writeStatus, type Kind, type Reconcile } from './controller.ts';
import { kubeTime, podsPath, type Kube, type KubeObject } from './kube.ts';
import { NODE } from './kubelet.ts';

/** The kind that spark-operator looks after. */
export const SPARK: Kind = {
  apiVersion: 'sparkoperator.k8s.io/v1beta2',
  kind: 'SparkApplication',
  plural: 'sparkapplications',
};

/** States from which nothing follows. */
const FINAL = new Set(['COMPLETED', 'FAILED']);

/** Acts as spark-operator 2.5 does, with Spark in local mode: there is a driver pod and there are no executor pods. */
export function sparkOperator(kube: Kube, jars: string[]): Reconcile {
  return async (app, pods) => {
    const state = (app.status?.applicationState?.state ?? '') as string;
    if (FINAL.has(state)) return;
    const driver = pods[0];
    if (state === '') {
      const submissionID = app.status?.submissionID ?? randomUUID();
      await kube.ensure(podsPath(app.metadata.namespace ?? ''), driverPod(app, submissionID, jars));
      await writeStatus(kube, SPARK, app, {
        applicationState: { state: 'SUBMITTED' },
        submissionID,
        driverInfo: { podName: `${app.metadata.name}-driver` },
        lastSubmissionAttemptTime: kubeTime(),
        terminationTime: null,
        submissionAttempts: 1,
        executionAttempts: 1,
      });
      return;
    }
    const next = nextState(state, driver);
    if (next) await writeStatus(kube, SPARK, app, next);
  };
}

/** The status that follows from a state and the driver pod; undefined when nothing has changed. */
export function nextState(state: string, driver: KubeObject | undefined): Record<string, unknown> | undefined {
  if (state === 'SUCCEEDING') return { applicationState: { state: 'COMPLETED' } };
  if (state === 'FAILING') return { applicationState: { state: 'FAILED' } };
  const phase = driver?.status?.phase;
  if (!driver)
    return {
      applicationState: { state: 'FAILING', errorMessage: 'driver pod not found' },
      terminationTime: kubeTime(),
    };
  if (phase === 'Running' && state !== 'RUNNING') return { applicationState: { state: 'RUNNING' } };
  if (phase === 'Succeeded') return { applicationState: { state: 'SUCCEEDING' }, terminationTime: kubeTime() };
  if (phase === 'Failed')
    return { applicationState: { state: 'FAILING', errorMessage: failure(driver) }, terminationTime: kubeTime() };
  return undefined;
}

function failure(driver: KubeObject): string {
  const ended = driver.status?.containerStatuses?.[0]?.state?.terminated;
  return ended
    ? `driver container failed with ExitCode: ${ended.exitCode}, Reason: ${ended.reason}`
    : `driver container status missing${driver.status?.message ? `: ${driver.status.message}` : ''}`;
}

function driverPod(app: KubeObject, submissionID: string, jars: string[]): KubeObject {
  const {
    driver,
    image,
    mainApplicationFile,
    arguments: args = [],
    sparkConf = {},
    hadoopConf = {},
    imagePullPolicy,
  } = app.spec;
  const conf = {
    'spark.app.name': app.metadata.name,
    'spark.driver.host': '127.0.0.1',
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.ui.enabled': 'false',
    ...sparkConf,
    ...Object.fromEntries(
      Object.entries(hadoopConf as Record<string, string>).map(([name, value]) => [`spark.hadoop.${name}`, value]),
    ),
  };
  const options = Object.entries(conf).flatMap(([name, value]) => ['--conf', `${name}=${String(value)}`]);
  const classPath = jars.length > 0 ? ['--driver-class-path', jars.join(':')] : [];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${app.metadata.name}-driver`,
      ...(app.metadata.namespace !== undefined && { namespace: app.metadata.namespace }),
      labels: {
        ...app.metadata.labels,
        ...driver.labels,
        'sparkoperator.k8s.io/app-name': app.metadata.name,
        'sparkoperator.k8s.io/launched-by-spark-operator': 'true',
        'sparkoperator.k8s.io/submission-id': submissionID,
        'spark-role': 'driver',
      },
      ownerReferences: ownedBy(SPARK, app),
    },
    spec: {
      nodeName: NODE,
      restartPolicy: 'Never',
      serviceAccountName: driver.serviceAccount,
      containers: [
        {
          name: 'spark-kubernetes-driver',
          image: driver.image ?? image,
          imagePullPolicy,
          command: [
            'spark-submit',
            '--master',
            'local[2]',
            '--driver-memory',
            driver.memory ?? '1g',
            ...classPath,
            ...options,
          ],
          args: [mainApplicationFile.replace(/^local:\/\//, ''), ...args],
          env: driver.env ?? [],
        },
      ],
    },
  };
}
