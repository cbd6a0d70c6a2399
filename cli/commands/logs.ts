import { Argument, Option } from 'commander';
import { path } from '../connect/api.ts';
import type { Run } from '../connect/api-types.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { followLogs } from '../follow/follow-logs.ts';
import { followSourceLog, readSourceLog } from '../follow/follow-source-log.ts';
import { logLines } from '../format/log.ts';
import { readLog } from '../follow/run-log.ts';
import type { Register, Session } from '../session.ts';
import { wholeNumber } from './arguments.ts';

interface Options {
  follow?: boolean;
  attempt?: number;
  source?: string;
}

const STAGES = ['process', 'train'];

/** Registers `landfall logs`. */
export const logs: Register = (program, cli) => {
  program
    .command('logs')
    .description('print the last lines of the log of a stage’s job, or of a source’s collect.py')
    .argument('<id>', 'id of the run; with --source the name of the pipeline')
    .addArgument(new Argument('[stage]', 'whose job (default: where the run is, or where it ended)').choices(STAGES))
    .addOption(new Option('--source <name>', 'what collect.py said when this source was looked at last'))
    .option('-f, --follow', 'print what comes, until the job is over; without a stage until the run is')
    .option('--attempt <number>', 'attempt of the job (default: the newest)', wholeNumber(1))
    .addHelpText('after', '\nExamples:\n  npx landfall logs RUN train -f\n  npx landfall logs iris --source instrument')
    .action(cli.online(printLogs));
};

async function printLogs(session: Session, id: string, stage: string | undefined, options: Options): Promise<number> {
  const { follow, attempt, source } = options;
  if (source !== undefined) return printSourceLog(session, id, stage, { ...options, source });
  if (follow) return followLogs(session, id, { stage, attempt });
  const { api, show } = session;
  const named = stage ?? lastJob(await api.get<Run>(path`runs/${id}`));
  const log = await readLog(api, id, named, attempt);
  show.tell(log, () => logLines(log));
  return EXIT.good;
}

async function printSourceLog(
  session: Session,
  pipeline: string,
  stage: string | undefined,
  { follow, attempt, source }: Options & { source: string },
): Promise<number> {
  if (stage !== undefined)
    throw new CliError('A source has no stages.', `Leave ${stage} out, or name a run in place of the source.`);
  if (follow) return followSourceLog(session, pipeline, source, attempt);
  const log = await readSourceLog(session.api, pipeline, source, attempt);
  session.show.tell(log, () => logLines(log));
  return EXIT.good;
}

function lastJob({ runId, stages }: Run): string {
  const begun = stages.filter(({ job, status }) => job !== undefined && status !== 'Pending').at(-1);
  if (begun) return begun.name;
  throw new CliError(`${runId} has no job yet.`, `Wait for it: landfall logs ${runId} --follow.`);
}
