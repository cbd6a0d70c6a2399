import type { Pipeline } from '../../../shared/pipeline.ts';
import { nextTick } from '../../../shared/schedule.ts';
import type { SourceState } from '../../../shared/sources/source-state.ts';
import { missingSetting, type Source } from '../../../shared/sources/source.ts';
import type { Edge } from '../../edge.ts';
import type { SourceView } from '../schemas/source-schemas.ts';

/** A pipeline's sources and how they stand; none where it declares none. */
export async function sourceViews(edge: Edge, { name, sources }: Pipeline, now = new Date()): Promise<SourceView[]> {
  if (sources.length === 0) return [];
  const states = await edge.clients.sources.list(name);
  return sources.map((source) =>
    view(
      source,
      states.find((state) => state.name === source.name),
      missingSetting(source, (setting) => edge.setting(setting)),
      now,
    ),
  );
}

function view(source: Source, state: SourceState | undefined, missing: string | undefined, now: Date): SourceView {
  const { name, type, schedule } = source;
  const nextAt = schedule && nextTick(schedule, now)?.toISOString();
  const { lastCheckedAt, lastChangedAt, retryAt, warnings } = state ?? {};
  // While it is looked at again, what was wrong before may be over.
  const error = state?.status === 'Failed' ? state.error : undefined;
  return {
    name,
    type,
    ...(schedule && { schedule: { ...schedule, ...(nextAt && { nextAt }) } }),
    ...(lastCheckedAt && { lastCheckedAt }),
    ...(lastChangedAt && { lastChangedAt }),
    ...(missing ? notConfigured(missing) : { status: state?.status ?? 'NeverChecked', ...(error && { error }) }),
    ...(warnings && { warnings }),
    ...(retryAt && { retryAt }),
  };
}

function notConfigured(setting: string): Pick<SourceView, 'status' | 'error'> {
  const message = `The app setting ${setting} is not set, so that nothing is collected.`;
  const hint = `Set ${setting} to the address of the source, or leave it: files can be dropped all the same.`;
  return { status: 'NotConfigured', error: { reason: 'NotConfigured', message, hint } };
}
