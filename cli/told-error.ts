import { CommanderError } from 'commander';
import { ApiError, CliError, EXIT } from './cli-error.ts';
import { json, plain } from './format/text.ts';

/** An error as it is told at the end of a command: what went wrong, what cures it, and the exit code. */
export interface ToldError {
  error: string;
  cure: string;
  /** Status that the app answered, where it did. */
  status?: number;
  exitCode: number;
}

/** What is told of whatever ended a command. */
export function toldError(error: unknown, env: NodeJS.ProcessEnv): ToldError {
  const said = messageOf(error, env);
  if (error instanceof CommanderError) return { error: usageProblem(error), cure: HELP, exitCode: EXIT.usage };
  if (!(error instanceof CliError)) return { error: said, cure: FAULT, exitCode: EXIT.failed };
  const { cure, exitCode } = error;
  const status = error instanceof ApiError ? error.status : undefined;
  return { error: said, cure, ...(status !== undefined && { status }), exitCode };
}

/** The cure of whatever the command line was called with wrongly. */
export const HELP = 'landfall help COMMAND tells what it takes; landfall --help lists the commands.';
const FAULT = 'This is a fault of the command line: run it again with LANDFALL_DEBUG=1 and report it.';

/** The error as text for people, or as JSON in one line for programs. */
export function errorText(told: ToldError, isJson: boolean): string {
  return isJson ? `${json(told)}\n` : `✖ ${plain(told.error)}\n  → ${plain(told.cure)}\n`;
}

function usageProblem({ message, code }: CommanderError): string {
  return code === 'commander.help' ? 'No command is named.' : message.replace(/^error: /, '').trim();
}

function messageOf(error: unknown, env: NodeJS.ProcessEnv): string {
  if (!(error instanceof Error)) return String(error);
  return env.LANDFALL_DEBUG && error.stack ? error.stack : error.message;
}
