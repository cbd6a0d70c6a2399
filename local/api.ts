import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoints } from './endpoints.ts';

/** A run as GET /api/runs/{id} shows it. */
export interface RunView {
  runId: string;
  pipeline: string;
  status: string;
  stage?: string;
  waitingFor?: string;
  stages: { name: string; status: string; startedAt?: string; finishedAt?: string; detail?: string }[];
  modelVersion?: string;
  metrics?: Record<string, number>;
  review?: { link: string; reasons: string[]; deadlineAt: string; onDeadline: string };
  error?: { stage: string; reason: string; message: string; hint?: string };
  startedAt: string;
  finishedAt?: string;
}

export interface HealthView {
  status: string;
  parts: { name: string; status: string; detail: string; cure?: string }[];
}

/** The app's HTTP API, as far as the terminal needs it. */
export interface Api {
  /** The function key, for commands that a person may copy. */
  key: string;
  health(): Promise<HealthView>;
  runs(top: number): Promise<RunView[]>;
  run(runId: string): Promise<RunView>;
  pipelines(): Promise<{ name: string; landing?: string; error?: string; activeRun?: string }[]>;
  predict(pipeline: string, body: unknown): Promise<{ version: string; answer: unknown }>;
}

/** The API behind a function key. */
export function createApi({ functions }: Pick<Endpoints, 'functions'>): Api {
  const call = async (path: string, init: RequestInit = {}, accept: number[] = [200]) => {
    const response = await fetch(`${functions.url}/api/${path}`, {
      ...init,
      headers: { 'x-functions-key': functions.key },
    });
    const body: unknown = await response.json();
    if (!accept.includes(response.status))
      throw new Error(`${path} answered ${response.status}: ${JSON.stringify(body)}`);
    return { response, body };
  };
  return {
    key: functions.key,
    health: async () => (await call('health', {}, [200, 503])).body as HealthView,
    runs: async (top) => ((await call(`runs?top=${top}`)).body as { value: RunView[] }).value,
    run: async (runId) => (await call(`runs/${runId}`)).body as RunView,
    pipelines: async () => ((await call('pipelines')).body as { value: { name: string }[] }).value,
    async predict(pipeline, body) {
      const { response, body: answer } = await call(`pipelines/${pipeline}/predict`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      return { version: response.headers.get('x-model-version') ?? 'unknown', answer };
    },
  };
}

const RETRY_MS = 500;
const TRIES = 120;

/** The same API for one who stays: while the functions host is started again, a question waits for its answer. */
export function patient(api: Api, signal: AbortSignal): Api {
  const ask = async (call: () => Promise<unknown>): Promise<unknown> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        if (attempt === TRIES || signal.aborted) throw error;
        await sleep(RETRY_MS, undefined, { signal });
      }
    }
  };
  return Object.fromEntries(
    Object.entries(api).map(([name, call]) => [
      name,
      typeof call === 'string'
        ? call
        : (...args: never[]) => ask(() => (call as (...args: never[]) => Promise<unknown>)(...args)),
    ]),
  ) as unknown as Api;
}
