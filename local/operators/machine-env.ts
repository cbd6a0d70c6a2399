import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** The machine that stands for a cluster's nodes and its base images. */
export interface NodeMachine {
  python: string;
  javaHome?: string;
  jars: string[];
  /** Credentials that the workload identity webhook would inject into a pod in Azure. */
  lakeEnv: Record<string, string>;
  dataDir: string;
}

/** Programs that the base images have, and where they are on this machine. */
export interface Programs {
  python: string;
  'spark-submit': string;
}

/** Where the machine's environment keeps Python and Spark. */
export function findPrograms({ python }: NodeMachine): Programs & { sparkHome: string } {
  const code = 'import os, pyspark; print(os.path.dirname(pyspark.__file__))';
  const sparkHome = execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim();
  return { python, 'spark-submit': join(sparkHome, 'bin', 'spark-submit'), sparkHome };
}

/** What every process gets beside its own environment: the machine's paths, credentials, and loopback addresses only. */
export function machineEnv({ python, javaHome, lakeEnv }: NodeMachine, sparkHome: string): Record<string, string> {
  const { PATH = '', HOME = '', LANG = 'C.UTF-8', TMPDIR } = process.env;
  return {
    PATH: javaHome ? `${join(javaHome, 'bin')}${delimiter}${PATH}` : PATH,
    HOME,
    LANG,
    ...(TMPDIR && { TMPDIR }),
    ...(javaHome && { JAVA_HOME: javaHome }),
    SPARK_HOME: sparkHome,
    PYSPARK_PYTHON: python,
    PYSPARK_DRIVER_PYTHON: python,
    SPARK_LOCAL_IP: '127.0.0.1',
    GLOO_SOCKET_IFNAME: process.platform === 'darwin' ? 'lo0' : 'lo',
    OMP_NUM_THREADS: '1',
    PYTHONUNBUFFERED: '1',
    LANDFALL_LISTEN: '127.0.0.1',
    ...lakeEnv,
  };
}
