import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { CliError, EXIT } from './cli-error.ts';
import { arrivals } from './commands/arrivals.ts';
import { backfill } from './commands/backfill.ts';
import { backfills } from './commands/backfills.ts';
import { cancel } from './commands/cancel.ts';
import { collect } from './commands/collect.ts';
import { doctor } from './commands/doctor.ts';
import { drop } from './commands/drop.ts';
import { logs } from './commands/logs.ts';
import { models } from './commands/models.ts';
import { open } from './commands/open.ts';
import { pipelines } from './commands/pipelines.ts';
import { predict } from './commands/predict.ts';
import { promote } from './commands/promote.ts';
import { rerun } from './commands/rerun.ts';
import { review } from './commands/review.ts';
import { run } from './commands/run.ts';
import { runs } from './commands/runs.ts';
import { start } from './commands/start.ts';
import { validate } from './commands/validate.ts';
import { waiting } from './commands/waiting.ts';
import { plain } from './format/text.ts';
import { newPipeline } from './new/command.ts';
import { main } from './process.ts';
import { createCli, type GlobalOptions, type Register, type World } from './session.ts';

/** The commands by what they are for, in the order in which somebody new would need them. */
const COMMANDS: Record<string, Register[]> = {
  'Data:': [drop, arrivals, waiting, collect],
  'Runs:': [runs, run, logs, review, start, rerun, cancel, backfill, backfills],
  'Models:': [models, predict, promote],
  'Pipelines:': [pipelines, newPipeline, validate],
  'The app:': [doctor, open],
};

const NOTES = `
Which app: --api and --key, or LANDFALL_API and LANDFALL_KEY; else the platform that npm start
runs here, by .landfall/endpoints.json in this folder or above it.

Exit codes:
  0    good
  1    what was asked for came to no good end: a run, a review, a check
  2    usage or bad input
  3    the app cannot be reached, or refuses
  130  interrupted; what goes on in the app goes on

With --json standard output has one JSON value, or JSON lines from what is followed.`;

/** Runs the command that the arguments say; answers the exit code. */
export async function landfall(args: string[], world: World): Promise<number> {
  let exitCode: number = EXIT.good;
  const program = createProgram(world);
  const cli = createCli(
    world,
    () => program.opts<GlobalOptions>(),
    (code) => (exitCode = code),
  );
  for (const [heading, registers] of Object.entries(COMMANDS)) {
    program.commandsGroup(heading);
    for (const register of registers) register(program, cli);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.usage;
    if (world.signal.aborted) return EXIT.interrupted;
    const isOurs = error instanceof CliError;
    const cure = isOurs
      ? error.cure
      : 'This is a fault of the command line: run it again with LANDFALL_DEBUG=1 and report it.';
    world.stderr.write(`✖ ${plain(messageOf(error, world))}\n  → ${plain(cure)}\n`);
    return isOurs ? error.exitCode : EXIT.failed;
  }
}

function createProgram({ stdout, stderr }: World): Command {
  return new Command('landfall')
    .description('Landfall from the command line: drop data, follow its run, decide, serve.')
    .option('--api <url>', 'address of the app (or LANDFALL_API)')
    .option('--key <key>', 'function key of the app (or LANDFALL_KEY)')
    .option('--state <folder>', 'state folder of a local platform (default: .landfall here or above)')
    .option('--timeout <seconds>', 'longest time that a request may take', seconds)
    .option('--json', 'print JSON')
    .usage('COMMAND [arguments] [options]')
    .addHelpText('after', NOTES)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void stdout.write(plain(text)),
      writeErr: (text) => void stderr.write(plain(text)),
      outputError: (text, write) => write(text.replace(/^error: /, '✖ ')),
    })
    .showHelpAfterError('  → landfall help COMMAND tells what it takes; landfall --help lists the commands.')
    .exitOverride();
}

function seconds(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 86_400) return value;
  throw new InvalidArgumentError('Expected seconds, such as 120.');
}

function messageOf(error: unknown, { env }: World): string {
  if (!(error instanceof Error)) return String(error);
  return env.LANDFALL_DEBUG && error.stack ? error.stack : error.message;
}

if (import.meta.main) await main(landfall);
