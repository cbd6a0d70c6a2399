// Figures of one run of the iris sample on the local platform: `npm run figures`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataLakeServiceClient, StorageSharedKeyCredential } from '@azure/storage-file-datalake';
import { machineFrom } from '../../local/machine.ts';
import { startPlatform } from '../../local/platform.ts';
import { portsFrom, type Ports } from '../../local/ports.ts';
import { createActivities } from '../../orchestrations/activities/create-activities.ts';
import type { ActivityContext } from '../../orchestrations/activities/context.ts';
import type { Run } from '../../shared/run.ts';
import { ROOT, SAMPLE } from '../kit/running-platform.ts';

const PORT_BASE = 18_700;
/** Seldom enough that asking hardly shows in the counts. */
const POLL_MS = 2_000;

const state = mkdtempSync(join(tmpdir(), 'landfall-figures-'));
const counted = join(state, 'requests.json');
process.env.NODE_OPTIONS = `--import=${join(import.meta.dirname, 'count-requests.mjs')}`;
process.env.COUNT_REQUESTS = counted;

const ports = portsFrom(PORT_BASE);
const began = Date.now();
const platform = await startPlatform({ app: ROOT, state, ports, machine: machineFrom(process.env), say: console.log });
try {
  console.log(`platform up after              ${seconds(Date.now() - began)}`);
  await sleep(1_500);
  const before = requests(ports);
  const dropped = Date.now();
  await lake()
    .getFileSystemClient('landing')
    .getFileClient('iris/iris.csv')
    .upload(readFileSync(SAMPLE), { close: true });
  let run: Run | undefined;
  do {
    await sleep(POLL_MS);
    run = await newestRun();
  } while (!run?.finishedAt);
  const memory = residentMb(process.pid);
  if (run.status !== 'Succeeded') throw new Error(`${run.runId} ${run.status}: ${run.error?.message}`);
  console.log(`drop to serving                ${seconds(Date.parse(run.finishedAt) - dropped)}`);
  console.log(`  drop to run                  ${seconds(Date.parse(run.startedAt) - dropped)}   (quiet period 2 s)`);
  for (const { name, startedAt = '', finishedAt = '' } of run.stages) {
    console.log(`  ${name.padEnd(28)} ${seconds(Date.parse(finishedAt) - Date.parse(startedAt))}`);
  }
  for (const stage of ['process', 'train']) {
    const ended = run.stages.find(({ name }) => name === stage)?.finishedAt ?? '';
    const { finishedAt } = await result(`iris/${run.runId}/${stage}/1/result.json`);
    console.log(`${stage} job's end to next stage`.padEnd(32) + seconds(Date.parse(ended) - Date.parse(finishedAt)));
  }
  await sleep(1_000);
  const after = requests(ports);
  for (const [name, count] of Object.entries(after))
    console.log(`requests to ${name.padEnd(18)} ${count - (before[name] ?? 0)}`);
  console.log(`activities                     ${activities(join(state, 'host.log'))}`);
  console.log(`history rows                   ${historyRows(join(state, 'host'))}`);
  console.log(`memory of the process tree     ${memory} MB, one predictor included`);
} finally {
  await platform.close();
  rmSync(state, { recursive: true, force: true });
}
process.exit();

function lake(): DataLakeServiceClient {
  const { dfs, account, key } = platform.endpoints.lake;
  return new DataLakeServiceClient(dfs, new StorageSharedKeyCredential(account, key));
}

async function newestRun(): Promise<Run | undefined> {
  const { url, key } = platform.endpoints.functions;
  const response = await fetch(`${url}/api/runs?top=1`, { headers: { 'x-functions-key': key } });
  return ((await response.json()) as { value: Run[] }).value[0];
}

async function result(path: string): Promise<{ finishedAt: string }> {
  const content = await lake().getFileSystemClient('runs').getFileClient(path).readToBuffer();
  return JSON.parse(content.toString()) as { finishedAt: string };
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

/** Requests that the app has sent so far, by what they went to. */
function requests(where: Ports): Record<string, number> {
  const byPort = JSON.parse(readFileSync(counted, 'utf8')) as Record<string, number>;
  const of = (...numbers: number[]) => numbers.reduce((sum, port) => sum + (byPort[port] ?? 0), 0);
  return {
    lake: of(where.lake),
    tables: of(where.table),
    'data-processing': of(where.dataProcessing),
    training: of(where.training),
    serving: of(where.serving),
    registry: of(where.registry),
    topic: of(where.eventGrid),
  };
}

function activities(log: string): number {
  const { plain, starting } = createActivities({} as ActivityContext);
  const names = [...Object.keys(plain), ...Object.keys(starting)].join('|');
  return [...readFileSync(log, 'utf8').matchAll(new RegExp(`Executed 'Functions\\.(?:${names})'`, 'g'))].length;
}

function historyRows(folder: string): number {
  const file = execFileSync('find', [folder, '-name', '*.sqlite*', '-size', '+0'], { encoding: 'utf8' })
    .split('\n')
    .filter((name) => /durable|hub/i.test(name) && name.endsWith('.sqlite'))[0];
  if (!file) throw new Error(`There is no task hub in ${folder}`);
  const hub = new DatabaseSync(file, { readOnly: true });
  const row = hub.prepare('SELECT COUNT(*) AS rows FROM history').get() as { rows: number };
  hub.close();
  return row.rows;
}

/** Resident memory of a process and all below it, in megabytes. */
function residentMb(root: number): number {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number, number]);
  const sum = (pid: number): number =>
    (rows.find(([own]) => own === pid)?.[2] ?? 0) +
    rows.filter(([, parent]) => parent === pid).reduce((total, [child]) => total + sum(child), 0);
  return Math.round(sum(root) / 1_024);
}
