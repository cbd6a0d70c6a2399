import { Option } from 'commander';
import { path } from '../connect/api.ts';
import type { Run } from '../connect/api-types.ts';
import { EXIT } from '../cli-error.ts';
import { followRun, type FollowOptions } from '../follow/follow-run.ts';
import { runLines } from '../format/run.ts';
import { json } from '../format/text.ts';
import type { Register, Session } from '../session.ts';

interface Options extends FollowOptions {
  follow?: boolean;
  document?: string;
}

/** Registers `landfall run`. */
export const run: Register = (program, cli) => {
  program
    .command('run')
    .description('show a run: its stages, what it waits for, what went wrong and what helps')
    .argument('<id>', 'id of the run, as landfall runs lists it')
    .option('-f, --follow', 'follow it to its end; exit code 1 when it does not succeed')
    .addOption(untilReview())
    .option('--document <name>', 'print one of its documents: batch, profile, checks, drift or quarantine')
    .addHelpText('after', '\nExample:\n  npx landfall run iris-20260301-101502-3fa9c1 --follow')
    .action(cli.online(showRun));
};

/** The option of all commands that follow a run. */
export function untilReview(): Option {
  return new Option('--until-review', 'follow no further than a review: end there, with exit code 1');
}

async function showRun(session: Session, id: string, { follow, document, ...options }: Options): Promise<number> {
  const { api, show, command } = session;
  if (document !== undefined) {
    const at = document === 'quarantine' ? path`runs/${id}/quarantine` : path`runs/${id}/documents/${document}`;
    const found = await api.get<unknown>(at);
    show.tell(found, () => [json(found, 2)]);
    return EXIT.good;
  }
  if (follow) return followRun(session, id, options);
  const found = await api.get<Run>(path`runs/${id}`);
  show.tell(found, () => runLines(found, command));
  return EXIT.good;
}
