import { path } from '../connect/api.ts';
import type { Arrivals } from '../connect/api-types.ts';
import { EXIT } from '../cli-error.ts';
import { bytes, moment } from '../format/quantity.ts';
import { table } from '../format/table.ts';
import { lakePath } from '../lake/lake-path.ts';
import type { Register, Session } from '../session.ts';
import { wholeNumber } from './arguments.ts';

/** Registers `landfall arrivals`. */
export const arrivals: Register = (program, cli) => {
  program
    .command('arrivals')
    .description('tell what became of a file: when it came, and the runs and models that saw it')
    .argument('<path>', 'path of the file in the lake, such as landing/iris/iris.csv')
    .option('--top <number>', 'so many', wholeNumber(1), 20)
    .action(cli.online(showArrivals));
};

async function showArrivals({ api, show }: Session, file: string, { top }: { top: number }): Promise<number> {
  const found = await api.get<Arrivals>(path`arrivals`, { query: { path: lakePath(file), top: Math.min(top, 500) } });
  show.tell(found, () => lines(found));
  if (found.continuation !== undefined) show.line(`… there are more: --top ${Math.min(top * 5, 500)}`);
  return EXIT.good;
}

function lines({ path: file, value, runs }: Arrivals): string[] {
  if (value.length + runs.length === 0) return [`${file} never came: no pipeline has heard of it.`];
  const came = value.map(({ pipeline, at, size, eTag, runId }) => [
    moment(at),
    pipeline,
    bytes(size),
    eTag,
    runId ?? 'waits',
  ]);
  const seen = runs.map(({ runId, status, eTag, modelVersion, modelStatus }) => [
    runId,
    status,
    eTag,
    modelVersion,
    modelStatus,
  ]);
  return [
    ...table(['ARRIVED', 'PIPELINE', 'SIZE', 'ETAG', 'BATCH OF RUN'], came),
    '',
    ...(seen.length > 0
      ? table(['RUN', 'STATUS', 'ETAG', 'MODEL', 'MODEL STATUS'], seen)
      : ['No run has seen it yet.']),
  ];
}
