import { collectionId, ORCHESTRATIONS } from '../../shared/names.ts';
import type { Pipeline } from '../../shared/pipeline.ts';
import { concluded, isDue, newState, type SourceState } from '../../shared/sources/source-state.ts';
import { missingSetting, type Source } from '../../shared/sources/source.ts';
import type { ActivityContext } from './context.ts';
import type { DurablePort } from './durable-port.ts';

/** What a look at all sources led to, by instance ids, for the log. */
export interface DueCollections {
  started: string[];
  /** Collections whose orchestration ended without saying how. */
  interrupted: string[];
}

/** Starts the collection of every source that is due. A source that is met for the first time is due from then on. */
export async function startDueCollections(
  context: ActivityContext,
  durable: DurablePort,
  now: Date,
): Promise<DueCollections> {
  const done: DueCollections = { started: [], interrupted: [] };
  for (const pipeline of context.pipelines().pipelines.values()) {
    if (!pipeline.enabled || pipeline.sources.length === 0) continue;
    const states = await context.clients.sources.list(pipeline.name);
    for (const source of pipeline.sources) {
      if (missingSetting(source, (name) => context.setting(name)) !== undefined) continue;
      const state = states.find(({ name }) => name === source.name);
      if (state) await startDue(context, durable, { pipeline, source, state, now }, done);
      else await context.clients.sources.add(pipeline.name, newState(source.name, now));
    }
  }
  return done;
}

interface Looked {
  pipeline: Pipeline;
  source: Source;
  state: SourceState;
  now: Date;
}

async function startDue(
  context: ActivityContext,
  durable: DurablePort,
  { pipeline, source, state, now }: Looked,
  done: DueCollections,
): Promise<void> {
  const id = collectionId(pipeline.name, source.name);
  if (state.status === 'Running') {
    if (await closeInterrupted(context, durable, { pipeline, source, state, now })) done.interrupted.push(id);
  } else if (isDue(source.schedule, state, now)) {
    const input = { pipeline: pipeline.name, source: source.name, byHand: false };
    if (await durable.start(ORCHESTRATIONS.collection, id, input)) done.started.push(id);
  }
}

/** Closes a collection whose orchestration is gone: nobody else would. */
async function closeInterrupted(
  { clients: { sources } }: ActivityContext,
  durable: DurablePort,
  { pipeline, source, state, now }: Looked,
): Promise<boolean> {
  const instance = await durable.status(collectionId(pipeline.name, source.name));
  if (instance && !instance.over) return false;
  // Read again: it may have ended well between the listing and the question.
  const row = await sources.get(pipeline.name, source.name);
  if (row?.status !== 'Running' || row.lastCheckedAt !== state.lastCheckedAt) return false;
  const message = instance?.failed ?? 'The orchestration is gone: it was purged or its task hub was replaced.';
  const error = { reason: 'Interrupted', message, hint: 'It is tried again by itself where it has a schedule.' };
  const outcome = { status: 'Failed' as const, error };
  await sources.save(pipeline.name, concluded(row, outcome, now.toISOString(), source.schedule !== undefined));
  return true;
}
