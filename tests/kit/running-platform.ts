import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';
import { DataLakeServiceClient, StorageSharedKeyCredential } from '@azure/storage-file-datalake';
import { CoreV1Api, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import type { ModelVersion, Run } from '../../shared/run.ts';
import { isFinal, RUN_STATUSES } from '../../shared/status.ts';
import { createApiRecorder } from './api-recorder.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
export const SAMPLE = join(ROOT, 'workloads/pipelines/iris/sample/iris.csv');

/** The contract of STATE/endpoints.json, as anybody outside reads it. */
interface Endpoints {
  functions: { url: string; key: string };
  lake: { dfs: string; account: string; key: string };
  tables: string;
  kubeconfig: string;
  gateway: string;
  pids: { platform: number; host: number };
}

const FINAL = RUN_STATUSES.filter(isFinal);

/** The platform as a user starts it: a process of its own, with its own state, ports and copy of the pipelines. */
export class RunningPlatform {
  readonly state: string;
  readonly pipelines: string;
  output = '';
  /** Environment of the platform beside this process's own. */
  readonly env: Record<string, string> = {};
  private child: ChildProcess | undefined;
  private readonly portBase: number;
  private readonly recorder = createApiRecorder();

  constructor(portBase: number) {
    this.portBase = portBase;
    this.state = mkdtempSync(join(tmpdir(), 'landfall-e2e-'));
    this.pipelines = join(this.state, 'pipelines');
    cpSync(join(ROOT, 'workloads/pipelines'), this.pipelines, { recursive: true });
  }

  get endpoints(): Endpoints {
    return JSON.parse(readFileSync(join(this.state, 'state', 'endpoints.json'), 'utf8')) as Endpoints;
  }

  /** Starts it and waits until everything answers. */
  async start(...args: string[]): Promise<void> {
    const child = this.launch('--no-drop', ...args);
    await until('the platform to answer', () => {
      if (child.exitCode !== null) throw new Error(`The platform ended:\n${this.output}`);
      return this.output.includes('everything answers');
    });
  }

  launch(...args: string[]): ChildProcess {
    this.output = '';
    const options = [
      'local/main.ts',
      '--state',
      join(this.state, 'state'),
      '--port-base',
      String(this.portBase),
      ...args,
    ];
    const child = spawn(process.execPath, ['--no-warnings', ...options], {
      cwd: ROOT,
      env: { ...process.env, PIPELINES_FOLDER: this.pipelines, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child = child;
    return child;
  }

  /** Ends it as Ctrl-C does and answers its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    const child = this.child;
    if (!child || child.exitCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    child.kill(signal);
    return ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.state, { recursive: true, force: true });
  }

  /** Asks the HTTP API, whose answer must be as it is documented. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const { functions } = this.endpoints;
    const response = await fetch(`${functions.url}/api/${path}`, {
      method,
      // A connection kept open may be one of a host that was killed in the meantime.
      headers: { 'x-functions-key': functions.key, connection: 'close', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status, headers: answered } = response;
    const answer = { status, headers: answered, body: text ? (JSON.parse(text) as never) : undefined };
    // Without a body it is the host's own word, as while it ends.
    if (text) this.recorder.check({ method, path: path.replace(/\?.*/s, ''), ...answer });
    return answer;
  }

  async runs(): Promise<Run[]> {
    return ((await this.call('GET', 'runs?top=500')).body as unknown as { value: Run[] }).value;
  }

  async models(): Promise<{ aliases: { champion?: string; challenger?: string }; value: ModelVersion[] }> {
    return (await this.call('GET', 'models/iris')).body as never;
  }

  /** Waits for a run that is not among the known ones, and then for its end or for what `when` asks. */
  async nextRun(known: string[], when = (run: Run) => FINAL.includes(run.status), limitMs = 240_000): Promise<Run> {
    return until(
      'the run',
      async () => {
        const run = await this.calm(async () => (await this.runs()).find(({ runId }) => !known.includes(runId)));
        return run && when(run) ? run : undefined;
      },
      limitMs,
    );
  }

  /** An answer, or none while the host is down. */
  async calm<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  get lake(): DataLakeServiceClient {
    const { dfs, account, key } = this.endpoints.lake;
    return new DataLakeServiceClient(dfs, new StorageSharedKeyCredential(account, key));
  }

  async drop(name: string, content: string | Buffer): Promise<void> {
    const file = this.lake.getFileSystemClient('landing').getFileClient(name);
    await file.upload(Buffer.from(content), { close: true });
  }

  table(name: string): TableClient {
    const { lake, tables } = this.endpoints;
    return new TableClient(tables, name, new AzureNamedKeyCredential(lake.account, lake.key), {
      allowInsecureConnection: true,
    });
  }

  /** Names of the jobs and pods that a run has on the clusters now. */
  async onClusters(runId: string): Promise<string[]> {
    const kinds = [
      ['data-processing', 'sparkoperator.k8s.io', 'v1beta2', 'sparkapplications'],
      ['training', 'kubeflow.org', 'v1', 'pytorchjobs'],
    ] as const;
    const found: string[] = [];
    for (const [context, group, version, plural] of kinds) {
      const config = this.kube(context);
      const labelSelector = `landfall.dev/run=${runId}`;
      const address = { group, version, plural, namespace: 'landfall', labelSelector };
      const jobs = (await config.makeApiClient(CustomObjectsApi).listNamespacedCustomObject(address)) as {
        items: { metadata: { name: string } }[];
      };
      const pods = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'landfall', labelSelector });
      found.push(
        ...jobs.items.map(({ metadata }) => metadata.name),
        ...pods.items.map(({ metadata }) => metadata?.name ?? ''),
      );
    }
    return found;
  }

  kube(context: string): KubeConfig {
    const config = new KubeConfig();
    config.loadFromFile(this.endpoints.kubeconfig);
    config.setCurrentContext(context);
    return config;
  }
}

/** Asks until something true comes, or fails saying what was waited for. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  limitMs = 120_000,
  pauseMs = 200,
): Promise<NonNullable<Exclude<T, false>>> {
  for (const since = Date.now(); ;) {
    const answer = await ask();
    if (answer) return answer as NonNullable<Exclude<T, false>>;
    if (Date.now() - since > limitMs) throw new Error(`Waited ${limitMs / 1_000} s in vain for ${what}`);
    await sleep(pauseMs);
  }
}

/** Processes whose command line or environment mentions a text. */
export function processesWith(text: string): string[] {
  const listed = spawnSync('ps', ['-eo', 'pid=,command='], { encoding: 'utf8' }).stdout.split('\n');
  return listed.filter((line) => line.includes(text) && !line.includes('ps -eo'));
}
