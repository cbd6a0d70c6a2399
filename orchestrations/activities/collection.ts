import type { Pipeline } from '../../shared/pipeline.ts';
import { SourceRefusal } from '../../shared/sources/refusal.ts';
import { begun, concluded, isDue, newState, type Outcome, type Seen } from '../../shared/sources/source-state.ts';
import { missingSetting, type Source } from '../../shared/sources/source.ts';
import { collectContainer } from './collect-container.ts';
import { collectHttps } from './collect-https.ts';
import type { ActivityContext } from './context.ts';
import { dropLeftovers } from './leftovers.ts';

/** One source of one pipeline. */
export interface SourceRef {
  pipeline: string;
  source: string;
}

/** What fetching works with. */
export type CollectionContext = Pick<ActivityContext, 'clients' | 'setting'>;

/** One look at a source. */
export interface Collection<S extends Source = Source> {
  pipeline: Pipeline;
  source: S;
  /** Where its files land, as a lake path that ends with a slash. */
  folder: string;
  seen: Seen | undefined;
  now: Date;
}

export type Beginning = { go: false; because: string } | { go: true; type: Source['type'] };

/** Marks a source as being looked at, unless it is not due (any more) and nobody asked by hand. */
export async function beginCollection(
  context: ActivityContext,
  { pipeline: name, source: id, at, byHand }: SourceRef & { at: string; byHand: boolean },
): Promise<Beginning> {
  const { pipeline, source } = find(context, { pipeline: name, source: id });
  if (!pipeline || !source) return { go: false, because: `${name} has no source ${id}` };
  if (missingSetting(source, (setting) => context.setting(setting)))
    return { go: false, because: `${id} is not configured` };
  const now = new Date(at);
  const state = (await context.clients.sources.get(name, id)) ?? newState(id, now);
  // The same beginning, which a crash has cut off.
  const isRepeated = state.status === 'Running' && state.lastCheckedAt === at;
  if (!isRepeated && !byHand && !(pipeline.enabled && isDue(source.schedule, state, now))) {
    return { go: false, because: `${id} is not due` };
  }
  await context.clients.sources.save(name, begun(state, at));
  return { go: true, type: source.type };
}

/** Fetches what is new of an https or container source. What is foreseen to fail is a value, not an error. */
export async function collectSource(context: ActivityContext, ref: SourceRef): Promise<Outcome> {
  const { pipeline, source } = find(context, ref);
  if (!pipeline || !source || source.type === 'script')
    throw new Error(`${ref.pipeline} has no such source ${ref.source}`);
  const folder = `landing/${pipeline.landing.prefix}`;
  const now = new Date();
  const { seen } = (await context.clients.sources.get(ref.pipeline, ref.source)) ?? {};
  await dropLeftovers(context.clients, pipeline, now);
  try {
    const collection = { pipeline, folder, seen, now };
    return source.type === 'https'
      ? await collectHttps(context, { ...collection, source })
      : await collectContainer(context, { ...collection, source });
  } catch (error) {
    if (!(error instanceof SourceRefusal)) throw error;
    const { retryAfterMs } = error;
    return { status: 'Failed', error: error.error, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
}

/** Keeps what came of a look, once: a repetition finds that it is not running any more. */
export async function recordCollection(
  context: ActivityContext,
  { pipeline, source: id, outcome, at }: SourceRef & { outcome: Outcome; at: string },
): Promise<void> {
  const { sources } = context.clients;
  const state = await sources.get(pipeline, id);
  if (state?.status !== 'Running') return;
  const { source } = find(context, { pipeline, source: id });
  await sources.save(pipeline, concluded(state, outcome, at, source?.schedule !== undefined));
}

function find(context: Pick<ActivityContext, 'pipelines'>, { pipeline: name, source: id }: SourceRef) {
  const pipeline = context.pipelines().pipelines.get(name);
  return { pipeline, source: pipeline?.sources.find((source) => source.name === id) };
}
