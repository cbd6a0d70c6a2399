import { Option } from 'commander';
import { path } from '../connect/api.ts';
import type { BackfillPlan } from '../connect/api-types.ts';
import { EXIT } from '../cli-error.ts';
import { followBackfill } from '../follow/follow-backfill.ts';
import { partitionTable, planLine } from '../format/backfill.ts';
import { lakePath } from '../lake/lake-path.ts';
import type { Register, Session } from '../session.ts';
import { wholeNumber } from './arguments.ts';
import { keyHeader } from './start.ts';

interface Options {
  from: string;
  to: string;
  partition?: string;
  parallel?: number;
  prefix?: string;
  dryRun?: boolean;
  cache?: boolean;
  idempotencyKey?: string;
  follow?: boolean;
}

/** Registers `landfall backfill`. */
export const backfill: Register = (program, cli) => {
  program
    .command('backfill')
    .description('run a pipeline over what lies in the landing zone for a time, one run for each part of it')
    .argument('<pipeline>', 'name of the pipeline')
    .requiredOption('--from <date>', 'first day, such as 2026-03-01, or a moment such as 2026-03-01T06:00:00Z')
    .requiredOption('--to <date>', 'last day, or the moment at which it ends')
    .addOption(
      new Option('--partition <length>', 'what one run covers (default: a day)').choices([
        'hour',
        'day',
        'week',
        'month',
      ]),
    )
    .option('--parallel <number>', 'runs at a time, up to 10 (default: 1)', wholeNumber(1))
    .option('--prefix <path>', 'folder of a part, such as landing/iris/{yyyy}/{MM}/{dd}/')
    .option('--dry-run', 'only list what would run')
    .option('--no-cache', 'run the jobs even if another run has processed the same files in the same way')
    .option('--idempotency-key <key>', 'the same key with the same request is the same backfill')
    .option('-f, --follow', 'follow it to its end; exit code 1 when a run does not succeed')
    .addHelpText('after', '\nExample:\n  npx landfall backfill iris --from 2026-03-01 --to 2026-03-07 --dry-run')
    .action(cli.online(startBackfill));
};

async function startBackfill(session: Session, pipeline: string, options: Options): Promise<number> {
  const { from, to, partition, parallel, prefix, dryRun, cache, follow } = options;
  const body = {
    from,
    to,
    ...(partition !== undefined && { partition }),
    ...(parallel !== undefined && { parallel }),
    ...(prefix !== undefined && { prefix: lakePath(prefix) }),
    ...(dryRun && { dryRun }),
    ...(cache === false && { noCache: true }),
  };
  const { api, show, command } = session;
  const at = path`pipelines/${pipeline}/backfill`;
  const answer = await api.post<BackfillPlan>(at, body, {
    headers: keyHeader(options.idempotencyKey),
  });
  const { backfillId, partitions } = answer;
  if (backfillId !== undefined && follow) {
    show.line(planLine(partitions));
    return followBackfill(session, backfillId);
  }
  show.tell(answer, () => [
    ...partitionTable(partitions),
    planLine(partitions),
    ...(backfillId === undefined ? [] : [`  → ${command(`backfills --follow ${backfillId}`)}`]),
  ]);
  return EXIT.good;
}
