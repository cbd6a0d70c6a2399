import { Argument } from 'commander';
import { path } from '../api.ts';
import type { Run } from '../api-types.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { followLogs } from '../follow-logs.ts';
import { logLines } from '../format/log.ts';
import { readLog } from '../run-log.ts';
import type { Register, Session } from '../session.ts';
import { wholeNumber } from './arguments.ts';

interface Options {
  follow?: boolean;
  attempt?: number;
}

const STAGES = ['collect', 'process', 'train'];

/** Registers `landfall logs`. */
export const logs: Register = (program, cli) => {
  program
    .command('logs')
    .description('print the last lines of the log of a stage’s job')
    .argument('<id>', 'id of the run')
    .addArgument(new Argument('[stage]', 'whose job (default: where the run is, or where it ended)').choices(STAGES))
    .option('-f, --follow', 'print what comes, until the job is over; without a stage until the run is')
    .option('--attempt <number>', 'attempt of the stage (default: the newest)', wholeNumber(1))
    .action(cli.online(printLogs));
};

async function printLogs(session: Session, id: string, stage: string | undefined, options: Options): Promise<number> {
  const { follow, attempt } = options;
  if (follow) return followLogs(session, id, { stage, attempt });
  const { api, show } = session;
  const named = stage ?? lastJob(await api.get<Run>(path`runs/${id}`));
  const log = await readLog(api, id, named, attempt);
  show.tell(log, () => logLines(log));
  return EXIT.good;
}

function lastJob({ runId, stages }: Run): string {
  const begun = stages.filter(({ job, status }) => job !== undefined && status !== 'Pending').at(-1);
  if (begun) return begun.name;
  throw new CliError(`${runId} has no job yet.`, `Wait for it: landfall logs ${runId} --follow.`);
}
