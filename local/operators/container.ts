import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGuarded, type GuardedProcess } from './guarded-process.ts';
import type { LocalImage, PullImage } from './image.ts';
import { kubeTime, type ContainerSpec, type ContainerState, type ContainerStatus } from './kube-object.ts';
import { programOf, type NodeMachine } from './machine-env.ts';
import { expandVariables, mapPaths } from './map-paths.ts';

/** What containers of this machine share. */
export interface ContainerHost {
  machine: NodeMachine;
  env: Record<string, string>;
  pull: PullImage;
}

export interface ContainerRun {
  spec: ContainerSpec;
  restartPolicy: 'Always' | 'OnFailure' | 'Never';
  log: string;
  /** Aborted with the grace period in ms as its reason. */
  stop: AbortSignal;
  show(status: ContainerStatus): void;
}

const FIRST_BACK_OFF_MS = 1_000;
const LAST_BACK_OFF_MS = 30_000;
/** A process that lived so long did not crash on its start. */
const STABLE_MS = 10_000;
const PROBE_MS = 100;
/** Of the log, as the message of a failed container (terminationMessagePolicy FallbackToLogsOnError). */
const MESSAGE_BYTES = 2_048;

/** Runs a container as a process of this machine, again as its restart policy says, until it is over or stopped. */
export async function runContainer(host: ContainerHost, run: ContainerRun): Promise<void> {
  const { spec, stop } = run;
  const status = { name: spec.name, image: spec.image, imageID: '', restartCount: 0, lastState: {} };
  const show = (state: ContainerState, ready = false) =>
    run.show({ ...status, state, ready, started: 'running' in state });
  const pause = (ms: number) => sleep(ms, undefined, { signal: stop }).catch(() => undefined);
  const wait = (reason: string, message: string) => (show({ waiting: { reason, message } }), undefined);

  const refused = unsupported(spec);
  if (refused) return wait('CreateContainerConfigError', `${refused} is not supported on this machine`);
  const image = await pulled(host.pull, run, wait, pause);
  for (let crashes = 0; image && !stop.aborted; status.restartCount++) {
    status.imageID = image.digest;
    const began = Date.now();
    const state = await runOnce(host, run, image, show);
    if (stop.aborted || !restarts(run.restartPolicy, state.terminated?.exitCode ?? 0)) return show(state);
    status.lastState = state;
    crashes = Date.now() - began > STABLE_MS ? 1 : crashes + 1;
    if (crashes === 1) continue;
    const ms = Math.min(FIRST_BACK_OFF_MS * 2 ** (crashes - 2), LAST_BACK_OFF_MS);
    wait('CrashLoopBackOff', `back-off ${ms / 1_000}s restarting failed container=${spec.name}`);
    await pause(ms);
  }
}

type Wait = (reason: string, message: string) => undefined;
type Pause = (ms: number) => Promise<unknown>;

async function pulled(pull: PullImage, { spec, stop }: ContainerRun, wait: Wait, pause: Pause) {
  for (let ms = FIRST_BACK_OFF_MS; !stop.aborted; ms = Math.min(ms * 2, LAST_BACK_OFF_MS)) {
    try {
      return await pull(spec.image);
    } catch (error) {
      const message = `failed to pull image "${spec.image}": ${(error as Error).message}`;
      if (ms === FIRST_BACK_OFF_MS) wait('ErrImagePull', message);
      else wait('ImagePullBackOff', `Back-off pulling image "${spec.image}": ErrImagePull: ${message}`);
      await pause(ms);
    }
  }
  return undefined;
}

type Show = (state: ContainerState, ready?: boolean) => void;

async function runOnce(host: ContainerHost, run: ContainerRun, image: LocalImage, show: Show): Promise<ContainerState> {
  const { spec, stop, log } = run;
  const { words, env, cwd } = commandOf(spec, image, host);
  const startedAt = kubeTime();
  const process: GuardedProcess = await startGuarded(words, { env, cwd, log });
  const kill = () => void process.kill(Number(stop.reason));
  if (stop.aborted) kill();
  stop.addEventListener('abort', kill);
  const ended = new AbortController();
  const probe = spec.readinessProbe?.httpGet;
  show({ running: { startedAt } }, !probe);
  const port = probe?.port ?? spec.ports?.[0]?.containerPort;
  if (probe)
    void answers(`http://127.0.0.1:${port}${probe.path ?? '/'}`, ended.signal, () =>
      show({ running: { startedAt } }, true),
    );
  const exitCode = await process.exited;
  ended.abort();
  stop.removeEventListener('abort', kill);
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  const message = exitCode !== 0 && spec.terminationMessagePolicy === 'FallbackToLogsOnError' ? lastOf(log) : undefined;
  return { terminated: { exitCode, reason, ...(message && { message }), startedAt, finishedAt: kubeTime() } };
}

/** What a container's process is on this machine: its words, its environment and its folder. */
export function commandOf(
  spec: ContainerSpec,
  { root, config }: LocalImage,
  { machine, env: machineEnv }: ContainerHost,
) {
  const { Env = [], Entrypoint = [], Cmd = [], WorkingDir = '/' } = config;
  const ofImage = Env.map((entry) => entry.split(/=(.*)/s, 2) as [string, string]);
  const env = Object.fromEntries(ofImage.map(([name, value]) => [name, mapPaths(value, root)]));
  // The programs of the image's PATH are the machine's here.
  Object.assign(env, machineEnv);
  for (const { name, value = '' } of spec.env ?? []) env[name] = mapPaths(expandVariables(value, env), root);
  const given = [...(spec.command ?? Entrypoint), ...(spec.args ?? (spec.command ? [] : Cmd))];
  const [program = '', ...args] = given.map((word) => mapPaths(expandVariables(word, env), root));
  const folder = join(root, spec.workingDir ?? WorkingDir);
  return { words: [programOf(program, machine), ...args], env, cwd: existsSync(folder) ? folder : root };
}

function unsupported({ env = [], envFrom }: ContainerSpec): string | undefined {
  const reference = env.find(({ valueFrom }) => valueFrom);
  return envFrom?.length ? 'envFrom' : reference && `valueFrom of ${reference.name}`;
}

async function answers(url: string, signal: AbortSignal, ready: () => void): Promise<void> {
  while (!signal.aborted) {
    const answer = await fetch(url, { signal }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok && !signal.aborted) return ready();
    await sleep(PROBE_MS);
  }
}

const restarts = (policy: ContainerRun['restartPolicy'], exitCode: number) =>
  policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);

const lastOf = (log: string) => readFileSync(log).subarray(-MESSAGE_BYTES).toString('utf8');
