import { Option } from 'commander';
import { path } from '../connect/api.ts';
import type { Backfill, Page, Pipeline } from '../connect/api-types.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { followBackfill } from '../follow/follow-backfill.ts';
import { backfillLines, backfillTable } from '../format/backfill.ts';
import type { Register, Session } from '../session.ts';

const ACTIONS = ['pause', 'resume', 'cancel'] as const;
type Options = Partial<Record<'show' | 'follow' | (typeof ACTIONS)[number], string>>;

/** Registers `landfall backfills`. */
export const backfills: Register = (program, cli) => {
  const command = program
    .command('backfills')
    .description('list backfills, or show, follow, pause, resume or cancel one')
    .argument('[pipeline]', 'those of one pipeline');
  const choices = ['show', 'follow', ...ACTIONS];
  for (const choice of choices) {
    const others = choices.filter((other) => other !== choice);
    command.addOption(new Option(`--${choice} <id>`, `${choice} the backfill with this id`).conflicts(others));
  }
  command.action(cli.online(manage));
};

async function manage(session: Session, pipeline: string | undefined, options: Options): Promise<number> {
  const { api, show } = session;
  const { show: shown, follow } = options;
  if (pipeline !== undefined && Object.keys(options).length > 0)
    throw new CliError(
      'A pipeline goes with a list alone.',
      'Leave the pipeline out: the id says which backfill it is.',
    );
  if (follow !== undefined) return followBackfill(session, follow);
  const action = ACTIONS.find((name) => options[name] !== undefined);
  const id = shown ?? (action && options[action]);
  if (id !== undefined) {
    const backfill = action
      ? await api.post<Backfill>(path`backfills/${id}/${action}`)
      : await api.get<Backfill>(path`backfills/${id}`);
    show.tell(backfill, () => backfillLines(backfill));
    return EXIT.good;
  }
  const value = await list(session, pipeline);
  show.tell({ value }, () => backfillTable(value));
  return EXIT.good;
}

async function list({ api }: Session, pipeline: string | undefined): Promise<Backfill[]> {
  const names = pipeline === undefined ? await working(api) : [pipeline];
  const found = await Promise.all(names.map((name) => api.get<Page<Backfill>>(path`pipelines/${name}/backfills`)));
  return found.flatMap(({ value }) => value).sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

async function working(api: Session['api']): Promise<string[]> {
  const { value } = await api.get<Page<Pipeline>>(path`pipelines`);
  return value.filter(({ error }) => error === undefined).map(({ name }) => name);
}
