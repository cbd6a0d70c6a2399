import { keepPreviousData, queryOptions } from '@tanstack/preact-query';
import { answered, api } from './client.ts';
import type { components } from '../../docs/api/openapi.ts';
import { ApiError, mayPass } from './problem.ts';

type Schemas = components['schemas'];
export type Pipeline = Schemas['Pipeline'];
export type Run = Schemas['Run'];
export type Stage = Schemas['Stage'];
export type Review = Schemas['Review'];
export type Batch = Schemas['Batch'];
export type Profile = Schemas['Profile'];
export type Checks = Schemas['CheckReport'];
export type Drift = Schemas['DriftReport'];
export type Model = Schemas['Model'];
export type ModelVersion = Schemas['ModelVersion'];
export type Backfill = Schemas['Backfill'];
export type Health = Schemas['Health'];
export type RunStatus = Run['status'];

/** How often what changes is asked for: while something goes on, and else. TanStack Query asks only while the page is seen. */
export const LIVE_MS = 1_500;
export const LOG_MS = 2_000;
export const IDLE_MS = 15_000;
const PAGE = 50;

/** Whether a run goes on. */
export const isLive = ({ status }: Pick<Run, 'status'>): boolean => status === 'Pending' || status === 'Running';

/** All pipelines. */
export const pipelinesQuery = () =>
  queryOptions({
    queryKey: ['pipelines'],
    queryFn: ({ signal }) => answered(api.GET('/pipelines', { signal })),
    refetchInterval: ({ state }) => (state.data?.value.some(({ activeRun }) => activeRun) ? 2 * LIVE_MS : IDLE_MS),
  });

/** One pipeline. */
export const pipelineQuery = (pipeline: string) =>
  queryOptions({
    queryKey: ['pipeline', pipeline],
    queryFn: ({ signal }) => answered(api.GET('/pipelines/{pipeline}', { params: { path: { pipeline } }, signal })),
    refetchInterval: ({ state }) => unlessGone(state.error, state.data?.activeRun ? 2 * LIVE_MS : IDLE_MS),
  });

/** A page of runs, newest first. */
export const runsQuery = (asked: { pipeline?: string; status?: RunStatus; continuation?: string; top?: number }) =>
  queryOptions({
    queryKey: ['runs', asked],
    queryFn: ({ signal }) => answered(api.GET('/runs', { params: { query: { top: PAGE, ...asked } }, signal })),
    placeholderData: keepPreviousData,
    // A page further back seldom changes, and its runs are over.
    refetchInterval: ({ state }) =>
      state.data?.value.some(isLive) ? 2 * LIVE_MS : IDLE_MS / (asked.continuation ? 1 : 3),
  });

/** One run, live. */
export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: ['run', runId],
    queryFn: ({ signal }) => answered(api.GET('/runs/{runId}', { params: { path: { runId } }, signal })),
    refetchInterval: ({ state }) => (state.data && !isLive(state.data) ? false : unlessGone(state.error, LIVE_MS)),
  });

interface Documents {
  batch: Batch;
  profile: Profile;
  checks: Checks;
  drift: Drift;
}

/** A document that a run wrote; while the run goes on, one that is not there yet is asked for again. */
export const runDocumentQuery = <Name extends keyof Documents>(runId: string, document: Name, live: boolean) =>
  queryOptions({
    queryKey: ['run', runId, 'document', document],
    queryFn: async ({ signal }) => {
      const path = { runId, document };
      return orNone(answered(api.GET('/runs/{runId}/documents/{document}', { params: { path }, signal }))) as Promise<
        Documents[Name] | null
      >;
    },
    refetchInterval: ({ state }) => (live && !state.data ? 2 * LIVE_MS : false),
  });

/** Rows set aside that are shown. */
export const MOST_ROWS = 100;

/** Rows that a run set aside. */
export const quarantineQuery = (runId: string, live: boolean) =>
  queryOptions({
    queryKey: ['run', runId, 'quarantine'],
    queryFn: ({ signal }) =>
      answered(api.GET('/runs/{runId}/quarantine', { params: { path: { runId }, query: { top: MOST_ROWS } }, signal })),
    refetchInterval: live ? 4 * LIVE_MS : false,
  });

/** Stages that have a log. */
export type LogStage = 'process' | 'train';

/** The last lines of a stage's log; null where it has none. */
export const logQuery = (runId: string, stage: LogStage, attempt: number | undefined, follow: boolean) =>
  queryOptions({
    queryKey: ['run', runId, 'log', stage, attempt ?? 'newest'],
    queryFn: ({ signal }) => {
      const query = attempt === undefined ? {} : { attempt };
      return orNone(
        answered(api.GET('/runs/{runId}/logs/{stage}', { params: { path: { runId, stage }, query }, signal })),
      );
    },
    refetchInterval: ({ state }) => (follow && state.data?.live !== false ? unlessGone(state.error, LOG_MS) : false),
  });

/** A page of a pipeline's model versions, newest first, and its aliases. */
export const modelsQuery = (pipeline: string, continuation?: string) =>
  queryOptions({
    queryKey: ['models', pipeline, continuation ?? ''],
    queryFn: ({ signal }) => {
      const query = { top: PAGE, ...(continuation !== undefined && { continuation }) };
      return answered(api.GET('/models/{pipeline}', { params: { path: { pipeline }, query }, signal }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: IDLE_MS / 3,
  });

/** One version, with its lineage; quickly while a promotion is under way. */
export const modelQuery = (pipeline: string, version: string) =>
  queryOptions({
    queryKey: ['model', pipeline, version],
    queryFn: ({ signal }) =>
      answered(api.GET('/models/{pipeline}/{version}', { params: { path: { pipeline, version } }, signal })),
    refetchInterval: ({ state }) =>
      unlessGone(state.error, state.data?.promotion?.status === 'Running' ? LIVE_MS : IDLE_MS),
  });

/** The profile of the data that a version was trained on; null where it has none. It never changes. */
export const modelProfileQuery = (pipeline: string, version: string) =>
  queryOptions({
    queryKey: ['model', pipeline, version, 'profile'],
    queryFn: async ({ signal }) => modelDocument(pipeline, version, 'profile', signal) as Promise<Profile | null>,
    staleTime: Infinity,
  });

/** The golden requests of a version; null where it has none. They never change. */
export const goldenQuery = (pipeline: string, version: string) =>
  queryOptions({
    queryKey: ['model', pipeline, version, 'golden'],
    queryFn: async ({ signal }) =>
      modelDocument(pipeline, version, 'golden', signal) as Promise<{ requests: unknown[] } | null>,
    staleTime: Infinity,
  });

function modelDocument(pipeline: string, version: string, document: 'profile' | 'golden', signal: AbortSignal) {
  const path = { pipeline, version, document };
  return orNone(answered(api.GET('/models/{pipeline}/{version}/documents/{document}', { params: { path }, signal })));
}

/** Files that wait for a batch. */
export const waitingQuery = (pipeline: string) =>
  queryOptions({
    queryKey: ['waiting', pipeline],
    queryFn: ({ signal }) => {
      const params = { path: { pipeline }, query: { top: 500 } };
      return answered(api.GET('/pipelines/{pipeline}/waiting', { params, signal }));
    },
    refetchInterval: 2 * LIVE_MS,
  });

/** A pipeline's backfills, newest first. */
export const backfillsQuery = (pipeline: string) =>
  queryOptions({
    queryKey: ['backfills', pipeline],
    queryFn: ({ signal }) =>
      answered(api.GET('/pipelines/{pipeline}/backfills', { params: { path: { pipeline } }, signal })),
    refetchInterval: ({ state }) =>
      state.data?.value.some(({ status }) => status === 'Running') ? 2 * LIVE_MS : IDLE_MS,
  });

/** What became of a file. */
export const arrivalsQuery = (path: string) =>
  queryOptions({
    queryKey: ['arrivals', path],
    queryFn: ({ signal }) => answered(api.GET('/arrivals', { params: { query: { path } }, signal })),
    refetchInterval: IDLE_MS,
  });

/** Every part that the app depends on; 503 is its answer where one is ill. */
export const healthQuery = () =>
  queryOptions({
    queryKey: ['health'],
    queryFn: ({ signal }): Promise<Health> =>
      answered(
        api
          .GET('/health', { signal })
          .then((answer) =>
            isHealth(answer.error) ? { data: answer.error, response: { ok: true, status: 503 } } : answer,
          ),
      ),
    refetchInterval: IDLE_MS,
  });

const isHealth = (body: unknown): body is Health => typeof body === 'object' && body !== null && 'parts' in body;

/** Null for what is not there: a document that was never written is no error. */
async function orNone<T>(asking: Promise<T>): Promise<T | null> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** What is refused for good is not asked for again. */
const unlessGone = (error: unknown, ms: number): number | false => (error && !mayPass(error) ? false : ms);
