/** What jobs run with on this machine; the set-up finds it and passes it on in the environment. */
export interface Machine {
  python: string;
  javaHome?: string;
  jars: string[];
}

/** Reads the machine from the environment that the set-up has made. */
export function machineFrom(env: NodeJS.ProcessEnv): Machine {
  const python = env.LANDFALL_PYTHON;
  if (!python) throw new Error('LANDFALL_PYTHON is not set: start with `npm start`, which sets everything up.');
  return {
    python,
    ...(env.LANDFALL_JAVA_HOME && { javaHome: env.LANDFALL_JAVA_HOME }),
    jars: (env.LANDFALL_JARS ?? '').split(':').filter(Boolean),
  };
}
