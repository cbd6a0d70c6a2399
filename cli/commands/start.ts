import { path } from '../connect/api.ts';
import type { RunStarted } from '../connect/api-types.ts';
import { EXIT } from '../cli-error.ts';
import { followRun, type FollowOptions } from '../follow/follow-run.ts';
import type { Register, Session } from '../session.ts';
import { lakePath } from '../lake/lake-path.ts';
import { several } from './arguments.ts';
import { differences, differencesOf, type Differences } from './differences.ts';
import { untilReview } from './run.ts';

interface Options extends Differences, FollowOptions {
  file?: string[];
  prefix?: string;
  idempotencyKey?: string;
  follow?: boolean;
}

/** Registers `landfall start`. */
export const start: Register = (program, cli) => {
  const command = program
    .command('start')
    .description('start a run by hand, over files that are in the landing zone already')
    .argument('<pipeline>', 'name of the pipeline')
    .option('--file <path>', 'over this file, such as landing/iris/iris.csv; may come several times', several)
    .option('--prefix <path>', 'over what lies in this folder (default: the whole landing folder of the pipeline)');
  differences(command)
    .option('--idempotency-key <key>', 'the same key with the same request is the same run')
    .option('-f, --follow', 'follow it to its end; exit code 1 when it does not succeed')
    .addOption(untilReview())
    .addHelpText(
      'after',
      '\nExample:\n  npx landfall start iris --file landing/iris/iris.csv -p train.epochs=30 --follow',
    )
    .action(cli.online(startRun));
};

async function startRun(session: Session, pipeline: string, options: Options): Promise<number> {
  const { file, prefix } = options;
  const body = {
    ...(file && { files: file.map(lakePath) }),
    ...(prefix !== undefined && { prefix: lakePath(prefix) }),
    ...differencesOf(options),
  };
  const { api } = session;
  const headers = keyHeader(options.idempotencyKey);
  return started(session, await api.post<RunStarted>(path`pipelines/${pipeline}/runs`, body, { headers }), options);
}

/** The header of requests that may be sent again. */
export function keyHeader(key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { 'idempotency-key': encodeURIComponent(key.toWellFormed()) };
}

/** Tells of a run that was started, and follows it where that is asked. */
export async function started(session: Session, answer: RunStarted, options: Options): Promise<number> {
  const { show, command } = session;
  const { runId } = answer;
  if (options.follow) {
    show.tellNext(answer, () => []);
    return followRun(session, runId, options);
  }
  show.tell(answer, () => [`Run ${runId} has started.`, `  → ${command(`run ${runId} --follow`)}`]);
  return EXIT.good;
}
