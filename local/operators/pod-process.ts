import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mapPaths, pullImage, type LocalImage } from './image.ts';
import { kubeTime, type KubeObject } from './kube.ts';
import type { Programs } from './machine-env.ts';
import type { Processes, RunningProcess } from './processes.ts';

interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string }[];
  readinessProbe?: { httpGet?: { path?: string; port?: number } };
  ports?: { containerPort: number }[];
}

export interface PodContext {
  processes: Processes;
  programs: Programs;
  env: Record<string, string>;
  imageFolder: string;
  logFile(pod: KubeObject, container: string): string;
  ca: string;
  /** Writes the pod's status; false when the pod is gone. */
  report(pod: KubeObject, status: Record<string, unknown>): Promise<void>;
}

const PULL_PAUSE_MS = 2_000;
const PROBE_MS = 150;
const LONGEST_BACK_OFF_MS = 30_000;
/** A process that lived so long did not crash on its start. */
const STABLE_MS = 10_000;

/** Runs a pod's (only) container as processes of this machine until it is over or told to stop. */
export class PodProcess {
  private process: RunningProcess | undefined;
  private stopping = false;
  private readonly stop = new AbortController();
  private readonly pod: KubeObject;
  private readonly context: PodContext;
  private readonly container: Container;
  private restarts: number;

  constructor(pod: KubeObject, context: PodContext) {
    this.pod = pod;
    this.context = context;
    this.container = pod.spec.containers[0] as Container;
    this.restarts = pod.status?.containerStatuses?.[0]?.restartCount ?? 0;
  }

  async run(): Promise<void> {
    const image = await this.pulled();
    for (let crashes = 0; image && !this.stopping;) {
      const began = Date.now();
      const end = await this.once(image);
      if (this.stopping || !this.restartsAfter(end.exitCode)) return;
      crashes = Date.now() - began > STABLE_MS ? 1 : crashes + 1;
      this.restarts += 1;
      const backOff = Math.min(500 * 2 ** (crashes - 1), LONGEST_BACK_OFF_MS);
      await this.waiting(
        'CrashLoopBackOff',
        `back-off ${Math.round(backOff / 1_000)}s restarting failed container=${this.container.name}`,
        end,
      );
      await this.pause(backOff);
    }
  }

  /** Ends the process and all that it started. */
  async kill(): Promise<void> {
    this.stopping = true;
    this.stop.abort();
    const grace = Math.min(Number(this.pod.spec.terminationGracePeriodSeconds ?? 30), 10) * 1_000;
    await this.process?.kill(grace);
  }

  private async pulled(): Promise<LocalImage | undefined> {
    for (let attempt = 0; !this.stopping; attempt++) {
      try {
        return await pullImage(this.container.image, this.context.imageFolder, this.context.ca);
      } catch (error) {
        const reason = attempt === 0 ? 'ErrImagePull' : 'ImagePullBackOff';
        await this.waiting(reason, error instanceof Error ? error.message : String(error));
        await this.pause(PULL_PAUSE_MS);
      }
    }
    return undefined;
  }

  private async once(image: LocalImage): Promise<{ exitCode: number; startedAt: Date }> {
    const { container, context } = this;
    const words = [
      ...(container.command ?? image.entrypoint),
      ...(container.args ?? (container.command ? [] : image.cmd)),
    ];
    const [program = '', ...args] = words.map((word) => mapPaths(word, image.root));
    const command = context.programs[program as keyof Programs] ?? program;
    const log = context.logFile(this.pod, container.name);
    this.process = await context.processes.start([command, ...args], this.environment(image), image.root, log);
    const { startedAt, exited } = this.process;
    await this.running(startedAt, false);
    const probing = new AbortController();
    void this.whenReady(probing.signal).then((ready) => (ready ? this.running(startedAt, true) : undefined));
    const exitCode = await exited;
    probing.abort();
    if (!this.stopping) await this.terminated({ exitCode, startedAt });
    return { exitCode, startedAt };
  }

  private environment(image: LocalImage): Record<string, string> {
    const own = Object.fromEntries((this.container.env ?? []).map(({ name, value }) => [name, value ?? '']));
    const fromImage = Object.fromEntries(
      image.env.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    );
    const { PATH: _image, ...rest } = fromImage;
    const all = { ...rest, ...this.context.env, ...own };
    return Object.fromEntries(
      Object.entries(all).map(([name, value]) => [name, name === 'PATH' ? value : mapPaths(value, image.root)]),
    );
  }

  private async whenReady(signal: AbortSignal): Promise<boolean> {
    const probe = this.container.readinessProbe?.httpGet;
    if (!probe) return true;
    const port = this.container.ports?.[0]?.containerPort ?? probe.port;
    while (!signal.aborted) {
      const answer = await fetch(`http://127.0.0.1:${port}${probe.path ?? '/'}`, { signal }).catch(() => undefined);
      if (answer?.ok) return !signal.aborted;
      await sleep(PROBE_MS);
    }
    return false;
  }

  private restartsAfter(exitCode: number): boolean {
    const policy = this.pod.spec.restartPolicy ?? 'Always';
    return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
  }

  private running(startedAt: Date, ready: boolean): Promise<void> {
    return this.report('Running', { running: { startedAt: kubeTime(startedAt) } }, ready);
  }

  private waiting(reason: string, message: string, last?: { exitCode: number; startedAt: Date }): Promise<void> {
    const lastState = last && {
      terminated: {
        exitCode: last.exitCode,
        reason: 'Error',
        startedAt: kubeTime(last.startedAt),
        finishedAt: kubeTime(),
      },
    };
    return this.report(last ? 'Running' : 'Pending', { waiting: { reason, message } }, false, lastState);
  }

  private terminated({ exitCode, startedAt }: { exitCode: number; startedAt: Date }): Promise<void> {
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    const state = {
      terminated: {
        exitCode,
        reason,
        startedAt: kubeTime(startedAt),
        finishedAt: kubeTime(),
      },
    };
    const phase = this.restartsAfter(exitCode) ? 'Running' : exitCode === 0 ? 'Succeeded' : 'Failed';
    return this.report(phase, state, false);
  }

  private report(phase: string, state: object, ready: boolean, lastState?: object): Promise<void> {
    const condition = (type: string, held: boolean) => ({
      type,
      status: held ? 'True' : 'False',
      lastTransitionTime: kubeTime(),
    });
    return this.context.report(this.pod, {
      phase,
      hostIP: '127.0.0.1',
      podIP: '127.0.0.1',
      startTime: this.pod.status?.startTime ?? kubeTime(),
      conditions: [
        condition('PodScheduled', true),
        condition('Initialized', true),
        condition('ContainersReady', ready),
        condition('Ready', ready),
      ],
      containerStatuses: [
        {
          name: this.container.name,
          image: this.container.image,
          imageID: this.container.image,
          ready,
          started: 'running' in state,
          restartCount: this.restarts,
          state,
          ...(lastState && { lastState }),
        },
      ],
    });
  }

  private pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.stop.signal }).catch(() => undefined);
  }
}

/** Where a container's log lies. */
export function logFileOf(folder: string, namespace: string, pod: string, container: string): string {
  return join(folder, `${namespace}_${pod}_${container}.log`);
}
