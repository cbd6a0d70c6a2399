import type { Problem } from './api-types.ts';
import { ApiError, EXIT } from '../cli-error.ts';
import { commandFor } from '../format/hint.ts';

/** An answer that is no success. */
export interface Refused {
  url: string;
  /** Method and path, as they were asked for. */
  what: string;
  status: number;
  retryAfter: string | null;
  location: string | null;
  text: string;
  hasKey: boolean;
  hasToken: boolean;
}

const BAD_INPUT = new Set([400, 404, 413, 422]);
const NOT_LANDFALL = 'check that --api is the address of a Landfall app';

/** What an answer that refuses a request means, and what to do. */
export function refusal(answer: Refused): ApiError {
  const { status, retryAfter } = answer;
  const isTransient = status === 408 || status === 429 || status >= 500;
  const problem = problemIn(answer.text);
  const kind = { status, isTransient, isProblem: problem !== undefined };
  if (problem) {
    const exitCode = BAD_INPUT.has(status) ? EXIT.usage : EXIT.refused;
    return new ApiError(said(problem), cureOf(problem, retryAfter), { ...kind, exitCode });
  }
  const [message, cure] = unexplained(answer);
  return new ApiError(message, cure, kind);
}

/** How somebody gets what says who they are. */
const TOKEN =
  'az account get-access-token --resource api://CLIENT_ID --query accessToken --output tsv prints one; give it with --token or LANDFALL_TOKEN';

/** A refusal without problem details: the host's own word, or that of something in between. */
function unexplained(answer: Refused): [message: string, cure: string] {
  const { url, what, status, retryAfter, location, hasKey, hasToken } = answer;
  if (status >= 300 && status < 400)
    return isSignIn(location)
      ? [
          `${url} ${hasToken ? 'does not take this token' : 'wants you to be signed in'}.`,
          `Get an access token: ${TOKEN}.`,
        ]
      : [`${url} sends elsewhere: ${location ?? status}.`, 'Give the address that it names with --api.'];
  switch (status) {
    case 401:
      return [
        hasKey || hasToken ? `${url} refuses the ${given(answer)}.` : `${url} wants a key.`,
        `Give the function key with --key or LANDFALL_KEY. Where people sign in it wants a token as well: ${TOKEN}.`,
      ];
    case 403:
      return [
        `${url} lets nobody in from here.`,
        `Ask who runs the app: its network rules or its sign-in refuse this machine. A token may be of another app: ${TOKEN}.`,
      ];
    case 404:
      return [
        `${url} does not know ${what}: the app is older than this command.`,
        `Deploy the app again (here: end npm start and run it again), or ${NOT_LANDFALL}.`,
      ];
    case 429:
      return [`${url} asks for fewer requests.`, `Try again ${later(retryAfter)}.`];
    default:
      return status >= 500
        ? [
            `${url} answered ${status} to ${what}.`,
            `Try again ${later(retryAfter)}; landfall doctor tells what is ill.`,
          ]
        : [`${url} answered ${status} to ${what}.`, `${sentence(NOT_LANDFALL)}.`];
  }
}

function given({ hasKey, hasToken }: Refused): string {
  return [...(hasKey ? ['key'] : []), ...(hasToken ? ['token'] : [])].join(' or the ');
}

/** Whether somebody is sent to where people sign in: App Service's own path, or an Entra endpoint of any cloud. */
function isSignIn(location: string | null): boolean {
  return /^(https:\/\/login\.[^/]+\/|[^?]*\/\.auth\/login\/)|\/oauth2\/(v2\.0\/)?authorize/.test(location ?? '');
}

function said({ detail, problems = [], missing = [] }: Problem): string {
  return [detail, ...[...problems, ...missing].slice(0, LISTED).map((line) => `  ${line}`)].join('\n');
}
const LISTED = 20;

function cureOf({ status, hint, activeRun }: Problem, retryAfter: string | null): string {
  if (hint !== undefined) return commandFor(hint);
  if (activeRun !== undefined) return `Follow it with landfall run ${activeRun} --follow.`;
  if (status === 429 || status >= 500) return `Try again ${later(retryAfter)}; landfall doctor tells what is ill.`;
  return 'Correct it: landfall help COMMAND tells what is expected.';
}

function later(retryAfter: string | null): string {
  return retryAfter !== null && /^\d+$/.test(retryAfter) ? `in ${retryAfter} s` : 'in a moment';
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function problemIn(text: string): Problem | undefined {
  try {
    const value = JSON.parse(text) as Partial<Problem> | null;
    return typeof value?.detail === 'string' && typeof value.status === 'number' ? (value as Problem) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
