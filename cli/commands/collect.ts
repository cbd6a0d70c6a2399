import { path } from '../connect/api.ts';
import type { Collecting, Pipeline, Source } from '../connect/api-types.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { sourceLines } from '../format/pipeline.ts';
import { elapsed } from '../format/quantity.ts';
import { oneLine } from '../format/text.ts';
import { patiently } from '../connect/patience.ts';
import type { Register, Session } from '../session.ts';

/** The app only schedules a look; one that has not begun by then will not begin soon. */
const UNBEGUN_MS = 120_000;

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
  const before = follow ? await sourcesOf(session, pipeline) : [];
  const asked = await api.post<Collecting>(path`pipelines/${pipeline}/collect`, body);
  if (follow) return followSources(session, pipeline, asked, before);
  show.tell(asked, () => [
    ...asked.value.map((one) => oneLine(`${one.source}  ${one.status}`)),
    `  → ${command(`pipelines ${oneLine(pipeline)}`)}`,
  ]);
  return EXIT.good;
}

/** Waits until every source that was asked for has been looked at since; answers the exit code. */
async function followSources(
  session: Session,
  pipeline: string,
  { value }: Collecting,
  before: Source[],
): Promise<number> {
  const { show, pause, now } = session;
  const asked = new Map(value.map((one) => [one.source, one.status]));
  const isAhead = ({ name, status, lastCheckedAt }: Source) => {
    const then = before.find((source) => source.name === name);
    // A look that goes on is the one that is waited for: no second one begins beside it.
    return status !== 'Running' && then?.status !== 'Running' && lastCheckedAt === then?.lastCheckedAt;
  };
  for (const since = now(); ;) {
    const sources = (await sourcesOf(session, pipeline)).filter(({ name }) => asked.has(name));
    const looked = sources.filter(({ name }) => asked.get(name) !== 'NotConfigured');
    const [ahead, busy] = [looked.filter(isAhead), looked.filter(({ status }) => status === 'Running')];
    if (ahead.length === 0 && busy.length === 0) {
      show.tell({ value: sources }, () => sourceLines(sources));
      return sources.some(({ status }) => status === 'Failed') ? EXIT.failed : EXIT.good;
    }
    if (busy.length === 0 && now() - since > UNBEGUN_MS) throw unbegun(ahead);
    show.now(busy.length > 0 ? `looking at ${names(busy)}` : `waiting for the app to look at ${names(ahead)}`);
    await pause();
  }
}

async function sourcesOf(session: Session, pipeline: string): Promise<Source[]> {
  const { sources = [] } = await patiently(session, () => session.api.get<Pipeline>(path`pipelines/${pipeline}`));
  return sources;
}

function names(sources: Source[]): string {
  return oneLine(sources.map(({ name }) => name).join(', '));
}

function unbegun(sources: Source[]): CliError {
  return new CliError(
    `The app has not begun to look at ${names(sources)} within ${elapsed(UNBEGUN_MS)}.`,
    'Collect again, and see that landfall doctor finds nothing wrong.',
    EXIT.failed,
  );
}
