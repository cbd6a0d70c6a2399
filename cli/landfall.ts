import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { EXIT } from './cli-error.ts';
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
import { errorText, HELP, toldError } from './told-error.ts';

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
runs here, by .landfall/endpoints.json in this folder or above it. Where people sign in to the app
it wants a token beside the key: --token, or LANDFALL_TOKEN, of
  az account get-access-token --resource api://CLIENT_ID --query accessToken --output tsv

Exit codes:
  0    good
  1    what was asked for came to no good end: a run, a review, a check
  2    usage or bad input
  3    the app cannot be reached, or refuses
  130  interrupted; what goes on in the app goes on

With --json standard output has one JSON value, or JSON lines from what is followed; an error is one
JSON object on standard error: {"error", "cure", "status" (where the app answered one), "exitCode"}.`;

/** Runs the command that the arguments say; answers the exit code. */
export async function landfall(args: string[], world: World): Promise<number> {
  let exitCode: number = EXIT.good;
  // Words that are wrong are told before they are understood.
  const isJson = args.includes('--json');
  const program = createProgram(world, isJson);
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
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.good;
    if (world.signal.aborted) return EXIT.interrupted;
    const told = toldError(error, world.env);
    // What is wrong with the words themselves was told in prose already, where it is for people.
    if (isJson || !(error instanceof CommanderError)) world.stderr.write(errorText(told, isJson));
    return told.exitCode;
  }
}

function createProgram({ stdout, stderr }: World, isJson: boolean): Command {
  return new Command('landfall')
    .description('Landfall from the command line: drop data, follow its run, decide, serve.')
    .option('--api <url>', 'address of the app (or LANDFALL_API)')
    .option('--key <key>', 'function key of the app (or LANDFALL_KEY)')
    .option('--token <token>', 'access token, where people sign in to the app (or LANDFALL_TOKEN)')
    .option('--state <folder>', 'state folder of a local platform (default: .landfall here or above)')
    .option('--timeout <seconds>', 'longest time that a request may take', seconds)
    .option('--json', 'print JSON')
    .usage('COMMAND [arguments] [options]')
    .addHelpText('after', NOTES)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void stdout.write(plain(text)),
      writeErr: (text) => void (isJson || stderr.write(plain(text))),
      outputError: (text, write) => write(text.replace(/^error: /, '✖ ')),
    })
    .showHelpAfterError(`  → ${HELP}`)
    .exitOverride();
}

function seconds(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 86_400) return value;
  throw new InvalidArgumentError('Expected seconds, such as 120.');
}

if (import.meta.main) await main(landfall);
