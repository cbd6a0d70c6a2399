import { ApiException } from '@kubernetes/client-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../deadline.ts';

/** How often and how patiently a request is tried again. Times are milliseconds. */
export interface Patience {
  attempts: number;
  /** Longest time that one attempt may take. */
  deadlineMs: number;
  firstPauseMs: number;
  longestPauseMs: number;
  pause(ms: number): Promise<unknown>;
  random(): number;
}

/** The patience of a single request. */
export const PATIENCE: Patience = {
  attempts: 4,
  deadlineMs: 30_000,
  firstPauseMs: 500,
  longestPauseMs: 20_000,
  pause: (ms) => sleep(ms),
  random: Math.random,
};

/** Statuses that time may cure. https://kubernetes.io/docs/reference/using-api/api-concepts/ */
const PASSING = new Set([429, 500, 502, 503, 504]);

/** What is asked of which cluster, for the error's text: `create sparkapplications`. */
export interface Asked {
  cluster: string;
  what: string;
}

/**
 * Sends a request, again a few times while the failure may pass: all of ours are idempotent by name. What remains is
 * an error that says which cluster refused what, why, and what to do; its `code` is the HTTP status, if there is one.
 */
export async function asking<T>(
  asked: Asked,
  send: (signal: AbortSignal) => Promise<T>,
  onUnreachable: () => void,
  patience: Patience = PATIENCE,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await within(patience.deadlineMs, send);
    } catch (error) {
      if (!(error instanceof ApiException)) onUnreachable();
      if (attempt === patience.attempts || !mayPass(error)) throw explained(asked, error);
      await patience.pause(pauseBefore(attempt + 1, error, patience));
    }
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof ApiException) return PASSING.has(error.code);
  // What Azure answered, its own client has tried again already; what is left is the network.
  return !(error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number');
}

/** Grows with each attempt, with jitter so that many do not come back at once; a Retry-After is kept to. */
function pauseBefore(attempt: number, error: unknown, { firstPauseMs, longestPauseMs, random }: Patience): number {
  const headers = error instanceof ApiException ? (error.headers as Record<string, string>) : {};
  const told = Number(headers['retry-after']) * 1_000;
  const grown = firstPauseMs * 2 ** (attempt - 2) * (0.5 + random());
  return Math.min(Math.max(grown, Number.isFinite(told) ? told : 0), longestPauseMs);
}

function explained({ cluster, what }: Asked, error: unknown): Error {
  if (!(error instanceof ApiException)) {
    const { cause, said } = rootOf(error);
    const cure = CAUSES.find(([pattern]) => pattern.test(`${cause} ${said}`))?.[1] ?? UNREACHABLE;
    return new Error(`Cluster ${cluster} could not be asked to ${what}: ${said}. ${cure}`, { cause: error });
  }
  const said = messageOf(error.body);
  const cure = said === undefined && error.code === 404 ? NOT_SERVED : CURES[error.code];
  const text = said ?? `the API server answered ${error.code}`;
  return Object.assign(new Error(`Cluster ${cluster} refused to ${what}: ${text}${cure ? `. ${cure}` : ''}`), {
    // Where the kind itself is not served, the object is not merely absent.
    code: cure === NOT_SERVED ? 501 : error.code,
  });
}

const NOT_SERVED = 'It does not serve this kind: install its operator (workloads/clusters).';
const UNREACHABLE = 'Check its address, the network, and that it runs.';

const CURES: Record<number, string> = {
  401: 'It does not accept our token: check the app identity and the tenant.',
  403: 'Apply workloads/clusters, which grants the app its Role.',
  429: 'It is overloaded: try again later.',
};

const CAUSES: [RegExp, string][] = [
  [/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|certificate/i, 'Its certificate is not of the configured authority.'],
  [/CredentialUnavailable|AuthenticationRequired|AADSTS/i, 'No token: check the identity of the app.'],
];

/** The innermost cause, which tells most: fetch only says that it failed. */
function rootOf(error: unknown): { cause: string; said: string } {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  const code = root instanceof Error && 'code' in root ? String(root.code) : '';
  return {
    cause: `${code} ${root instanceof Error ? root.name : ''}`,
    said: root instanceof Error ? root.message : String(root),
  };
}

/** The message of a Kubernetes Status; undefined where the answer is none. */
function messageOf(body: unknown): string | undefined {
  const said = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(
    typeof body === 'string' ? body : (JSON.stringify(body) ?? ''),
  )?.[1];
  return said?.replace(/\\(.)/g, '$1');
}
