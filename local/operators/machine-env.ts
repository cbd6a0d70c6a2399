import { execFile } from 'node:child_process';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** The machine that stands for a cluster's nodes and for what its base images hold. */
export interface NodeMachine {
  python: string;
  javaHome?: string;
  jars: string[];
  /** Credentials that the workload identity webhook would inject into a pod in Azure. */
  lakeEnv: Record<string, string>;
  dataDir: string;
}

/** Local batches are small: Spark is done with them before what the JVM's second compiler makes pays off. */
const QUICK_START = '-XX:TieredStopAtLevel=1';

const INHERITED = ['HOME', 'USER', 'LANG', 'LC_ALL', 'TMPDIR'];

/** What every process gets besides its own environment: the machine's programs, credentials, and loopback only. */
export async function machineEnv({ python, javaHome, lakeEnv }: NodeMachine): Promise<Record<string, string>> {
  const sparkHome = await findSparkHome(python);
  const programs = [dirname(python), sparkHome && join(sparkHome, 'bin'), javaHome && join(javaHome, 'bin')];
  const inherited = INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  return {
    ...Object.fromEntries(inherited),
    PATH: [...programs, process.env.PATH].filter(Boolean).join(delimiter),
    ...(javaHome && { JAVA_HOME: javaHome }),
    ...(sparkHome && { SPARK_HOME: sparkHome }),
    PYSPARK_PYTHON: python,
    PYSPARK_DRIVER_PYTHON: python,
    SPARK_LOCAL_IP: '127.0.0.1',
    SPARK_SUBMIT_OPTS: process.env.SPARK_SUBMIT_OPTS ?? QUICK_START,
    GLOO_SOCKET_IFNAME: process.platform === 'darwin' ? 'lo0' : 'lo',
    OMP_NUM_THREADS: '1',
    PYTHONUNBUFFERED: '1',
    LANDFALL_LISTEN: '127.0.0.1',
    ...lakeEnv,
  };
}

/** The program that a container's command names: Python is the machine's own. */
export const programOf = (command: string, { python }: NodeMachine) =>
  /^python3?$/.test(basename(command)) ? python : command;

/** Where pyspark lies; undefined where it is not installed, and Spark applications fail and say so. */
async function findSparkHome(python: string): Promise<string | undefined> {
  const code = 'from importlib.util import find_spec as f; print(f("pyspark").submodule_search_locations[0])';
  try {
    return (await promisify(execFile)(python, ['-c', code])).stdout.trim();
  } catch (error) {
    console.error(`${python} has no pyspark, Spark applications will fail: ${String(error).split('\n').at(-2)}`);
    return undefined;
  }
}
