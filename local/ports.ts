import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';

/** Ports of every part, all from one base so that a second platform needs one option. */
export function portsFrom(base: number) {
  return {
    host: base + 1,
    lake: base + 10,
    blob: base + 11,
    queue: base + 12,
    table: base + 13,
    eventGrid: base + 14,
    registry: base + 15,
    dataProcessing: base + 21,
    training: base + 22,
    serving: base + 23,
    gateway: base + 24,
    kubelets: { dataProcessing: base + 31, training: base + 32, serving: base + 33 },
  };
}
export type Ports = ReturnType<typeof portsFrom>;

/** One line for each port that somebody else listens on, with that process where it can be told. */
export async function takenPorts(ports: Ports): Promise<string[]> {
  const named = Object.entries({ ...ports, ...ports.kubelets }).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  const checks = await Promise.all(
    named.map(async ([part, port]) => ((await isFree(port)) ? [] : [`port ${port} (${part}) is taken${by(port)}`])),
  );
  return checks.flat();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

function by(port: number): string {
  const pid = process.platform === 'linux' ? linuxListener(port) : lsofListener(port);
  return pid === undefined ? '' : ` by process ${pid} (${commandOf(pid)})`;
}

/** /proc/net/tcp tells the socket's inode, and /proc/PID/fd whose it is. */
function linuxListener(port: number): number | undefined {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const inodes = lines
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${hex}`) && fields[3] === '0A')
    .map((fields) => `socket:[${fields[9]}]`);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => openFiles(pid).some((target) => inodes.includes(target)));
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    // The process is another user's, or has just gone: then it cannot be told.
    return [];
  }
}

function lsofListener(port: number): number | undefined {
  try {
    return Number(
      execFileSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'], { encoding: 'utf8' }).split('\n')[0],
    );
  } catch {
    // lsof is not there or may not see it: the port alone is told.
    return undefined;
  }
}

function commandOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .slice(0, 80);
  } catch {
    // Gone meanwhile.
    return 'unknown';
  }
}
