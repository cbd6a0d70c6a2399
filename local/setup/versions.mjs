/**
 * Reads what `java -XshowSettings:properties -version` prints.
 * @param {string} output
 * @returns {{ major: number, home: string } | undefined}
 */
export function parseJava(output) {
  const home = /^\s*java\.home = (.+)$/m.exec(output)?.[1];
  const version = /^\s*java\.specification\.version = (.+)$/m.exec(output)?.[1];
  if (!home || !version) return undefined;
  return { major: Number(version.replace(/^1\./, '')), home: home.trim() };
}

/**
 * Spark 4.0 runs on Java 17 and 21 (https://spark.apache.org/docs/4.0.0/).
 * @param {{ major: number } | undefined} java
 */
export function isJavaForSpark(java) {
  return java !== undefined && [17, 21].includes(java.major);
}

/**
 * PyTorch wants Python 3.11 at least, KServe less than 3.14.
 * @param {string} version such as 3.12.4
 */
export function isPythonForUs(version) {
  return /^3\.(11|12|13)\./.test(version);
}

/** @typedef {{ command: string, version: string, makesEnvironments: boolean }} Python */

/**
 * Chooses the first Python that fits, or says what to install.
 * @param {string[]} commands
 * @param {(command: string) => Python | undefined} inspect
 * @param {NodeJS.Platform} platform
 * @returns {Python | { error: string }}
 */
export function choosePython(commands, inspect, platform) {
  const found = [];
  for (const command of commands) {
    const python = inspect(command);
    if (python?.makesEnvironments && isPythonForUs(python.version)) return python;
    if (python) found.push(python);
  }
  const incomplete = found.find(({ version }) => isPythonForUs(version));
  if (incomplete) {
    const name = `python${incomplete.version.split('.').slice(0, 2).join('.')}-venv`;
    return {
      error: `${incomplete.command} cannot make environments; install what it lacks: sudo apt-get install ${name}`,
    };
  }
  const seen = found.map(({ command, version }) => `${command} is ${version}`).join(', ') || 'none';
  const how = platform === 'darwin' ? 'brew install python@3.12' : 'sudo apt-get install python3.12 python3.12-venv';
  return { error: `Python 3.11, 3.12 or 3.13 is needed (found: ${seen}); install one, for example: ${how}` };
}
