import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

const TAIL_LINES = 30;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** What a person can act on: printed as one line, without a stack. */
export class SetupError extends Error {}

/**
 * Runs a step and shows that it goes on: a spinner on a terminal, else a line now and then.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function showProgress(title, work) {
  const out = process.stdout;
  const start = Date.now();
  const elapsed = () => `${((Date.now() - start) / 1000).toFixed(out.isTTY ? 0 : 1)} s`;
  let tick = 0;
  if (!out.isTTY) out.write(`${title} …\n`);
  const timer = setInterval(
    () =>
      out.write(
        out.isTTY ? `\r${SPINNER[tick++ % SPINNER.length]} ${title} ${elapsed()} ` : `${title}: ${elapsed()} …\n`,
      ),
    out.isTTY ? 100 : 20_000,
  );
  let mark = '✗';
  try {
    const result = await work();
    mark = '✓';
    return result;
  } finally {
    clearInterval(timer);
    out.write(`${out.isTTY ? '\r\u001b[2K' : ''}${mark} ${title} ${elapsed()}\n`);
  }
}

/**
 * Runs a tool whose output goes to the log; the end of it is shown when the tool fails.
 * @param {string} log
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<void>}
 */
export function runLogged(log, command, args, options = {}) {
  return new Promise((resolve, reject) => {
    let tail = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      appendFileSync(log, chunk);
      tail = (tail + chunk.toString()).slice(-20_000);
    };
    appendFileSync(log, `$ ${command} ${args.join(' ')}\n`);
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => reject(new SetupError(`Cannot run ${command}: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve();
      const cause = plainCause(tail);
      if (cause) return reject(new SetupError(`${cause} The whole output is in ${log}.`));
      const lines = tail.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
      const failed = `${command} ${args[0] ?? ''} failed (${signal ?? `exit code ${code}`})`;
      reject(new SetupError(`${lines}\n${failed}; the whole output is in ${log}`));
    });
  });
}

const NETWORK =
  /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|network is unreachable|name resolution|dns error|fetch failed/i;
/** What a proxy that opens TLS looks like to a program that does not trust its authority. */
const CERTIFICATE =
  /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:GET_ISSUER_CERT_LOCALLY|VERIFY_LEAF_SIGNATURE)|CERTIFICATE_VERIFY_FAILED|unable to get local issuer certificate|self[- ]signed certificate/i;
const DISK = /ENOSPC|no space left on device/i;

/**
 * One line for the failures that have nothing to do with the tool that met them.
 * @param {string} output
 * @returns {string | undefined}
 */
export function plainCause(output) {
  const disk = DISK.exec(output);
  if (disk) return `The disk is full (${disk[0]}): make room, or set LANDFALL_CACHE to a folder on a larger disk.`;
  const certificate = CERTIFICATE.exec(output);
  if (certificate)
    return `A download failed, as a certificate is not trusted (${certificate[0]}): where a proxy has an authority of its own, name its PEM file in NODE_EXTRA_CA_CERTS and SSL_CERT_FILE, and start again.`;
  const network = NETWORK.exec(output);
  if (!network) return undefined;
  return `A download failed (${network[0]}): check the connection, and the proxy settings if there is one, and start again.`;
}
