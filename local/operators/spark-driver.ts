import { ownedBy, type Kind } from './controller.ts';
import { envList, NODE, type KubeObject } from './kube-object.ts';

/** Label of a driver pod that tells which submission made it. */
export const SUBMISSION = 'sparkoperator.k8s.io/submission-id';

/** The driver pod of a submission: spark-submit in local mode, on loopback only. */
export function driverPod(kind: Kind, app: KubeObject, submissionId: string, jars: string[]): KubeObject {
  const { driver, image, imagePullPolicy, mainApplicationFile, arguments: args = [] } = app.spec;
  const { name, namespace, labels } = app.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: driver.podName ?? `${name}-driver`,
      ...(namespace && { namespace }),
      labels: {
        ...labels,
        ...driver.labels,
        'sparkoperator.k8s.io/app-name': name,
        'sparkoperator.k8s.io/launched-by-spark-operator': 'true',
        'sparkoperator.k8s.io/mutated-by-spark-operator': 'true',
        [SUBMISSION]: submissionId,
        'spark-role': 'driver',
        'spark-app-name': name,
        'spark-app-selector': `spark-${submissionId.replaceAll('-', '')}`,
      },
      ...(driver.annotations && { annotations: driver.annotations }),
      ownerReferences: ownedBy(kind, app),
    },
    spec: {
      nodeName: NODE,
      restartPolicy: 'Never',
      ...(driver.serviceAccount && { serviceAccountName: driver.serviceAccount }),
      containers: [
        {
          name: 'spark-kubernetes-driver',
          image: driver.image ?? image,
          ...(imagePullPolicy && { imagePullPolicy }),
          command: ['spark-submit', ...submitOptions(app, jars)],
          args: [pathOf(mainApplicationFile), ...args],
          env: [...envList(driver.envVars ?? {}), ...(driver.env ?? [])],
          ...(driver.securityContext && { securityContext: driver.securityContext }),
        },
      ],
    },
  };
}

function submitOptions({ metadata, spec }: KubeObject, jars: string[]): string[] {
  const { driver, deps = {}, mainClass, sparkConf = {}, hadoopConf = {} } = spec;
  const hadoop = Object.entries(hadoopConf).map(([key, value]) => [`spark.hadoop.${key}`, value]);
  const conf = {
    ...sparkConf,
    ...Object.fromEntries(hadoop),
    'spark.driver.host': '127.0.0.1',
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.ui.enabled': 'false',
  };
  const list = (option: string, values: string[] = []) =>
    values.length > 0 ? [option, values.map(pathOf).join(',')] : [];
  return [
    ...['--master', 'local[2]', '--name', metadata.name, '--driver-memory', driver.memory ?? '1g'],
    ...(mainClass ? ['--class', mainClass] : []),
    // In local mode the driver's class path is the only one.
    ...(jars.length > 0 ? ['--driver-class-path', jars.join(':')] : []),
    ...list('--jars', deps.jars),
    ...list('--files', deps.files),
    ...list('--py-files', deps.pyFiles),
    ...list('--packages', deps.packages),
    ...Object.entries(conf).flatMap(([key, value]) => ['--conf', `${key}=${String(value)}`]),
  ];
}

/** `local://` means a file of the image. */
const pathOf = (file: string) => file.replace(/^local:\/\//, '');
