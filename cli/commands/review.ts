import { userInfo } from 'node:os';
import { Option } from 'commander';
import { path } from '../connect/api.ts';
import type { DriftReport, Model, Review, Run } from '../connect/api-types.ts';
import { ApiError, CliError, EXIT } from '../cli-error.ts';
import { followRun } from '../follow/follow-run.ts';
import { decidedLine, reviewLines } from '../format/review.ts';
import { oneLine } from '../format/text.ts';
import type { Register, Session } from '../session.ts';

interface Options {
  approve?: boolean;
  reject?: boolean;
  comment?: string;
  by?: string;
  follow?: boolean;
}

/** Registers `landfall review`. */
export const review: Register = (program, cli) => {
  program
    .command('review')
    .description('show what a run asks a person, or decide it')
    .argument('<id>', 'id of the run')
    .addOption(new Option('--approve', 'the model goes live').conflicts('reject'))
    .option('--reject', 'it does not')
    .option('--comment <text>', 'why; it is kept with the model')
    .option('--by <name>', 'who decides, where no sign-in tells (default: your account on this machine)')
    .option('-f, --follow', 'follow the run once it is decided; exit code 1 when it does not succeed')
    .addHelpText('after', '\nExample:\n  npx landfall review RUN --approve --comment "a new instrument" --follow')
    .action(cli.online(reviewRun));
};

async function reviewRun(session: Session, id: string, options: Options): Promise<number> {
  if (options.approve || options.reject) return decide(session, id, options);
  if (options.comment !== undefined || options.by !== undefined || options.follow)
    throw new CliError(
      'There is no decision.',
      'Add --approve or --reject, or leave the rest out to see what is asked.',
    );
  const { api, show, command } = session;
  const run = await api.get<Run>(path`runs/${id}`);
  const version = run.review?.version ?? run.modelVersion;
  const [model, drift] = await Promise.all([
    version === undefined ? undefined : known(api.get<Model>(path`models/${run.pipeline}/${version}`)),
    known(api.get<DriftReport>(path`runs/${id}/documents/drift`)),
  ]);
  show.tell({ run, model, drift }, () => reviewLines(run, model, drift, command));
  return EXIT.good;
}

async function decide(session: Session, id: string, { approve, comment, by, follow }: Options): Promise<number> {
  const { api, show } = session;
  const body = {
    decision: approve ? 'approved' : 'rejected',
    by: by ?? userInfo().username,
    ...(comment !== undefined && { comment }),
  };
  const decided = await api.post<Review>(path`runs/${id}/review`, body);
  const lines = () => [decidedLine(decided) ?? `The review of ${oneLine(id)} is decided.`];
  if (!follow) {
    show.tell(decided, lines);
    return EXIT.good;
  }
  show.tellNext(decided, lines);
  const code = await followRun(session, id);
  // A rejected run that ends as rejected did what it was told.
  return approve || code === EXIT.good ? code : rejectedWell(session, id);
}

async function rejectedWell({ api }: Session, id: string): Promise<number> {
  return (await api.get<Run>(path`runs/${id}`)).status === 'Rejected' ? EXIT.good : EXIT.failed;
}

/** What is there; nothing of what the run has not made. */
async function known<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
