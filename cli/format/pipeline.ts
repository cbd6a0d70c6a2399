import type { Pipeline, Source } from '../connect/api-types.ts';
import { commandFor } from './hint.ts';
import { moment } from './quantity.ts';
import { facts, table } from './table.ts';
import { indent, oneLine } from './text.ts';

/** Pipelines as a table, and below it what is wrong with those that are broken. */
export function pipelineTable(pipelines: Pipeline[]): string[] {
  if (pipelines.length === 0) return ['There are no pipelines: landfall new makes one from a file with data.'];
  const rows = pipelines.map((pipeline) => [
    pipeline.name,
    standing(pipeline),
    pipeline.landing,
    pipeline.champion,
    pipeline.activeRun,
  ]);
  return [
    ...table(['PIPELINE', 'STATUS', 'LANDING FOLDER', 'CHAMPION', 'ACTIVE RUN'], rows),
    ...pipelines.flatMap(({ error }) => (error === undefined ? [] : ['', ...indent(error, 0)])),
  ];
}

function standing({ enabled, error }: Pipeline): string {
  if (error !== undefined) return 'broken';
  return enabled ? 'enabled' : 'disabled';
}

/** One pipeline. */
export function pipelineLines(pipeline: Pipeline): string[] {
  const { name, description, schedule, sources = [], error } = pipeline;
  return [
    oneLine(`${name}  ${standing(pipeline)}`),
    ...facts([
      ['description', description],
      ['landing', pipeline.landing],
      ['champion', pipeline.champion],
      ['active run', pipeline.activeRun],
      ['schedule', schedule && `${schedule.cron} (${schedule.timeZone}), next ${moment(schedule.nextAt)}`],
    ]),
    ...(sources.length > 0 ? ['', ...sourceLines(sources)] : []),
    ...(error === undefined ? [] : indent(error)),
  ];
}

/** Where a pipeline collects data, and how that went. */
export function sourceLines(sources: Source[]): string[] {
  const rows = sources.map(({ name, type, status, lastCheckedAt, lastChangedAt, schedule, retryAt }) => [
    name,
    type,
    status,
    moment(lastCheckedAt),
    moment(lastChangedAt),
    moment(retryAt ?? schedule?.nextAt),
  ]);
  return [
    ...table(['SOURCE', 'TYPE', 'STATUS', 'CHECKED', 'CHANGED', 'NEXT'], rows),
    ...sources.flatMap(({ name, error, warnings = [] }) => [
      ...(error
        ? [
            ...failure(`✖ ${name}: ${error.reason}: ${error.message}`),
            ...(error.hint ? [oneLine(`  → ${commandFor(error.hint)}`)] : []),
          ]
        : []),
      ...warnings.flatMap(({ message, hint }) => [oneLine(`! ${name}: ${message}`), oneLine(`  → ${hint}`)]),
    ]),
  ];
}

/** The last lines of a job's log stay lines. */
function failure(text: string): string[] {
  const [first = '', ...rest] = text.split('\n');
  return [oneLine(first), ...rest.flatMap((line) => indent(line, 4))];
}
