import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { formatDuration } from '../duration.ts';
import { text, type AnswerHead } from '../sources/answer.ts';
import { networkRefusal, timeoutRefusal } from '../sources/network-error.ts';
import { SourceRefusal } from '../sources/refusal.ts';
import { shownAddress } from '../sources/shown-address.ts';
import { guardedAgents, type GuardedAgents } from './guarded-agent.ts';

/** What is asked for. */
export interface WebRequest {
  url: string;
  /** Sent to the origin of the url alone, since they may be secret. */
  headers: Record<string, string>;
  /** Sent wherever redirects lead. */
  conditions?: Record<string, string>;
  /** Ends everything, also while the body is read. */
  signal: AbortSignal;
}

/** An answer whose body has not been read yet. */
export interface WebAnswer extends AnswerHead {
  body: AsyncIterable<Buffer>;
  close(): void;
}

/** Addresses of the world outside, of which nothing is trusted. */
export interface Web {
  /** Asks, and follows redirects, each under the same rules. What fails is a SourceRefusal. */
  send(method: 'GET' | 'HEAD', request: WebRequest): Promise<WebAnswer>;
}

export interface WebOptions {
  agents?: GuardedAgents;
  /** Longest silence, in milliseconds. */
  idleMs?: number;
}

const IDLE_MS = 30_000;
const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The web, but for private addresses that are not in the list. */
export function createWeb(allowed: string[], options: WebOptions = {}): Web {
  const { agents = guardedAgents(allowed), idleMs = IDLE_MS } = options;
  return {
    async send(method, { url, headers, conditions = {}, signal }) {
      const origin = new URL(url).origin;
      const visited = new Set<string>();
      for (let target = new URL(url); ;) {
        visited.add(target.href);
        const own = target.origin === origin ? headers : {};
        const sent = { 'accept-encoding': 'identity', 'user-agent': 'landfall', ...own, ...conditions };
        const answer = await ask({ method, target, headers: sent, signal, agents, idleMs });
        const location = text(answer.headers, 'location');
        if (!REDIRECTS.has(answer.status) || location === undefined) return answer;
        answer.close();
        target = follow(target, location, visited);
      }
    },
  };
}

/** Where a redirect leads, unless it leads in circles, too far or out of the web. */
function follow(from: URL, location: string, visited: Set<string>): URL {
  const refuse = (reason: string, what: string) =>
    new SourceRefusal(reason, `${shownAddress(from)} ${what}.`, 'Put the address at which the file is into url.');
  if (!URL.canParse(location, from.href)) throw refuse('BadRedirect', 'redirects to what is no address');
  const target = new URL(location, from);
  if (!/^https?:$/.test(target.protocol)) throw refuse('BadRedirect', `redirects to ${target.protocol}`);
  if (visited.has(target.href)) throw refuse('RedirectLoop', `redirects in a circle, back to ${shownAddress(target)}`);
  if (visited.size > MOST_REDIRECTS) throw refuse('TooManyRedirects', `redirects more than ${MOST_REDIRECTS} times`);
  target.username = target.password = '';
  return target;
}

interface Ask {
  method: string;
  target: URL;
  headers: Record<string, string>;
  signal: AbortSignal;
  agents: GuardedAgents;
  idleMs: number;
}

function ask({ method, target, headers, signal, agents, idleMs }: Ask): Promise<WebAnswer> {
  const url = shownAddress(target);
  const isSecure = target.protocol === 'https:';
  const options = { method, headers, signal, timeout: idleMs, agent: isSecure ? agents.https : agents.http };
  const explained = (error: unknown) =>
    signal.aborted ? timeoutRefusal(url, 'took too long') : networkRefusal(error, url);
  return new Promise((resolve, reject) => {
    let response: IncomingMessage | undefined;
    const request = (isSecure ? https : http).request(target, options);
    request.on('timeout', () => {
      const silent = timeoutRefusal(url, `sent nothing for ${formatDuration(idleMs)}`);
      response?.destroy(silent);
      request.destroy(silent);
    });
    request.on('error', (error) => reject(explained(error)));
    request.on('response', (came) => {
      response = came;
      // Whoever reads hears of errors; one that nobody reads any more must not end the process.
      came.on('error', () => undefined);
      const { statusCode: status = 0, headers: head } = came;
      resolve({ status, headers: head, body: read(came, explained), close: () => void came.destroy() });
    });
    request.end();
  });
}

async function* read(response: IncomingMessage, explained: (error: unknown) => Error): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of response) yield chunk as Buffer;
  } catch (error) {
    throw explained(error);
  }
  // A stream that is closed early ends without an error where nobody was reading at that moment.
  if (!response.complete) throw explained(Object.assign(new Error('it ended too early'), { code: 'ECONNRESET' }));
}
