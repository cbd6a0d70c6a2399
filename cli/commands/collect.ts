import { path } from '../api.ts';
import type { Collecting, Pipeline } from '../api-types.ts';
import { EXIT } from '../cli-error.ts';
import { sourceLines } from '../format/pipeline.ts';
import { oneLine } from '../format/text.ts';
import { patiently } from '../patience.ts';
import type { Register, Session } from '../session.ts';

/** Registers `landfall collect`. */
export const collect: Register = (program, cli) => {
  program
    .command('collect')
    .description('look at a pipeline’s sources now; what is new lands, and starts a run as any file does')
    .argument('<pipeline>', 'name of the pipeline')
    .argument('[source]', 'one of its sources (default: all of them)')
    .option('-f, --follow', 'wait until they are looked at; exit code 1 when one of them fails')
    .action(cli.online(collectNow));
};

async function collectNow(
  session: Session,
  pipeline: string,
  source: string | undefined,
  { follow }: { follow?: boolean },
): Promise<number> {
  const { api, show, command } = session;
  const body = source === undefined ? {} : { source };
  const asked = await api.post<Collecting>(path`pipelines/${pipeline}/collect`, body);
  const names = asked.value.map((one) => one.source);
  if (follow) return followSources(session, pipeline, names);
  show.tell(asked, () => [
    ...asked.value.map((one) => oneLine(`${one.source}  ${one.status}`)),
    `  → ${command(`pipelines ${oneLine(pipeline)}`)}`,
  ]);
  return EXIT.good;
}

async function followSources(session: Session, pipeline: string, names: string[]): Promise<number> {
  const { api, show, pause } = session;
  for (;;) {
    const { sources = [] } = await patiently(session, () => api.get<Pipeline>(path`pipelines/${pipeline}`));
    const asked = sources.filter(({ name }) => names.includes(name));
    const busy = asked.filter(({ status }) => status === 'Running');
    if (busy.length === 0) {
      show.tell({ value: asked }, () => sourceLines(asked));
      return asked.some(({ status }) => status === 'Failed') ? EXIT.failed : EXIT.good;
    }
    show.now(`looking at ${oneLine(busy.map(({ name }) => name).join(', '))}`);
    await pause();
  }
}
