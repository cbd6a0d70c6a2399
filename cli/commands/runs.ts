import { path } from '../connect/api.ts';
import type { Run } from '../connect/api-types.ts';
import { EXIT } from '../cli-error.ts';
import { followRuns } from '../follow/follow-runs.ts';
import { runTable } from '../format/run.ts';
import type { Register, Session } from '../session.ts';
import { wholeNumber } from './arguments.ts';

interface Options {
  pipeline?: string;
  status?: string;
  top: number;
  all?: boolean;
  follow?: boolean;
}

/** Registers `landfall runs`. */
export const runs: Register = (program, cli) => {
  program
    .command('runs')
    .description('list runs, newest first')
    .option('--pipeline <name>', 'those of one pipeline')
    .option('--status <status>', 'those that stand so, such as Running or Failed')
    .option('--top <number>', 'so many', wholeNumber(1), 20)
    .option('--all', 'all of them')
    .option('-f, --follow', 'follow those under way and all that come, until Ctrl-C')
    .action(cli.online(listRuns));
};

async function listRuns(session: Session, { pipeline, status, top, all, follow }: Options): Promise<number> {
  if (follow) return followRuns(session, pipeline);
  const { api, show, now } = session;
  const found = await api.list<Run>(path`runs`, all ? Infinity : top, { pipeline, status });
  show.tell(found, () => runTable(found.value, now()));
  if (found.continuation !== undefined) show.line(`… there are more: --top ${top * 5} or --all`);
  return EXIT.good;
}
