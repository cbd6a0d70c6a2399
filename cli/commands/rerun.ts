import { path } from '../connect/api.ts';
import type { RunStarted } from '../connect/api-types.ts';
import type { FollowOptions } from '../follow/follow-run.ts';
import type { Register, Session } from '../session.ts';
import { differences, differencesOf, type Differences } from './differences.ts';
import { untilReview } from './run.ts';
import { keyHeader, started } from './start.ts';

interface Options extends Differences, FollowOptions {
  fromStage?: string;
  idempotencyKey?: string;
  follow?: boolean;
}

/** Registers `landfall rerun`. */
export const rerun: Register = (program, cli) => {
  const command = program
    .command('rerun')
    .description('repeat a run over the same files, from a stage on')
    .argument('<id>', 'id of the run')
    .option('--from-stage <stage>', 'take over what it did before this stage: process, train or validate');
  differences(command)
    .option('--idempotency-key <key>', 'the same key with the same request is the same run')
    .option('-f, --follow', 'follow the new run to its end; exit code 1 when it does not succeed')
    .addOption(untilReview())
    .addHelpText('after', '\nExample:\n  npx landfall rerun RUN --from-stage train -p train.epochs=90 --follow')
    .action(cli.online(rerunRun));
};

async function rerunRun(session: Session, id: string, options: Options): Promise<number> {
  const { fromStage } = options;
  const body = { ...(fromStage !== undefined && { fromStage }), ...differencesOf(options) };
  const headers = keyHeader(options.idempotencyKey);
  return started(session, await session.api.post<RunStarted>(path`runs/${id}/rerun`, body, { headers }), options);
}
