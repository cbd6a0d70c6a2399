import { isIP } from 'node:net';
import {
  AnonymousCredential,
  BaseRequestPolicy,
  ContainerClient,
  newPipeline,
  type RequestPolicy,
  type RequestPolicyFactory,
  type WebResource,
} from '@azure/storage-blob';
import type { TokenCredential } from '@azure/identity';
import { networkRefusal, timeoutRefusal } from '../sources/network-error.ts';
import { SourceRefusal } from '../sources/refusal.ts';
import { shownAddress } from '../sources/shown-address.ts';
import type { ContainerFile } from '../sources/taken.ts';
import { connectionRefusal, guardedAgents, type GuardedAgents } from './guarded-agent.ts';
import { isStatus } from './is-status.ts';

/** As whom a container is read: the app's identity, nobody, or by a shared access signature. */
export type ContainerAccess = 'identity' | 'anonymous' | { signature: string };

/** A folder of a container of somebody's storage account. What fails is a SourceRefusal. */
export interface SourceContainer {
  /** The account's clock, and the files below the folder. */
  list(): Promise<{ at: Date; files: AsyncIterable<ContainerFile> }>;
  /** Content of a file in the version that was listed; undefined when it has changed or is gone. */
  read(file: ContainerFile): Promise<AsyncIterable<Buffer> | undefined>;
}

/** Containers by their addresses. */
export interface Containers {
  open(url: string, access: ContainerAccess, signal: AbortSignal): SourceContainer;
}

/** Hosts that an identity's token is shown to. https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-endpoints */
const STORAGE = /\.(blob|dfs)\.(core\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)|storage\.azure\.net)$/;

/** No redirect is followed: the Blob service sends none, and the next request would carry the app's token again. */
const OPTIONS = { retryOptions: { maxTries: 3, retryDelayInMs: 500 }, redirectOptions: { maxRetries: 0 } };

/** Containers over the Blob service, which every account has; private addresses must be in the list. */
export function createContainers(
  allowed: string[],
  identity: () => TokenCredential,
  agents: GuardedAgents = guardedAgents(allowed),
): Containers {
  return {
    open(url, access, abortSignal) {
      const { container, prefix } = parseContainer(url);
      if (access === 'identity') mayKnowIdentity(container);
      const pipeline = newPipeline(access === 'identity' ? identity() : new AnonymousCredential(), OPTIONS);
      pipeline.factories.push({ create: (next, options) => new Guarded(next, options, agents) });
      const signed =
        typeof access === 'object' ? `${container.href}?${access.signature.replace(/^\?/, '')}` : container.href;
      const client = new ContainerClient(signed, pipeline);
      const explained = (error: unknown) => explain(error, shownAddress(url), abortSignal);
      return {
        async list() {
          const pages = client.listBlobsFlat({ prefix, abortSignal }).byPage();
          const first = await pages.next().catch((error: unknown) => Promise.reject(explained(error)));
          const rest = async function* () {
            try {
              if (!first.done) yield first.value;
              yield* pages;
            } catch (error) {
              throw explained(error);
            }
          };
          return { at: (!first.done && first.value.date) || new Date(), files: filesOf(rest()) };
        },
        async read({ name, eTag }) {
          try {
            const conditions = { ifMatch: `"${eTag}"` };
            const answer = await client.getBlobClient(name).download(0, undefined, { conditions, abortSignal });
            return answer.readableStreamBody && explaining(answer.readableStreamBody, explained);
          } catch (error) {
            if (isStatus(error, 404, 412)) return undefined;
            if (isStatus(error, 409)) throw unreadable(error);
            throw explained(error);
          }
        },
      };
    },
  };
}

type PolicyOptions = Parameters<RequestPolicyFactory['create']>[1];

/** Connects through our own agents. */
class Guarded extends BaseRequestPolicy {
  readonly #agents: GuardedAgents;

  constructor(next: RequestPolicy, options: PolicyOptions, agents: GuardedAgents) {
    super(next, options);
    this.#agents = agents;
  }

  override sendRequest(request: WebResource) {
    request.agent = request.url.startsWith('https:') ? this.#agents.https : this.#agents.http;
    return this._nextPolicy.sendRequest(request);
  }
}

type Page = Awaited<ReturnType<ReturnType<ReturnType<ContainerClient['listBlobsFlat']>['byPage']>['next']>>['value'];

async function* filesOf(pages: AsyncIterable<Page>): AsyncGenerator<ContainerFile> {
  for await (const page of pages) {
    for (const { name, properties, metadata } of page.segment.blobItems) {
      // An account with a hierarchy lists its folders too.
      if (metadata?.hdi_isfolder === 'true' || (properties.contentLength ?? 0) === 0) continue;
      yield {
        name,
        eTag: properties.etag.replace(/^"|"$/g, ''),
        size: properties.contentLength ?? 0,
        modifiedAt: properties.lastModified.toISOString(),
      };
    }
  }
}

async function* explaining(body: NodeJS.ReadableStream, explained: (error: unknown) => Error): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) yield Buffer.from(chunk);
  } catch (error) {
    throw explained(error);
  }
}

/** Account, container and prefix of an address; the Blob service is asked wherever it points. */
export function parseContainer(url: string): { container: URL; prefix: string } {
  const container = new URL(url);
  container.hostname = container.hostname.replace(/\.dfs\./, '.blob.');
  container.search = container.hash = '';
  const parts = container.pathname.split('/').slice(1);
  // An endpoint without a name of its own has the account in its path.
  const depth = isIP(container.hostname.replace(/^\[|\]$/g, '')) > 0 ? 2 : 1;
  if (parts.slice(0, depth).some((part) => part === '') || parts.length < depth) {
    const hint = 'Correct the url: https://ACCOUNT.blob.core.windows.net/CONTAINER/PREFIX.';
    throw new SourceRefusal('BadUrl', `${shownAddress(url)} names no container.`, hint);
  }
  container.pathname = `/${parts.slice(0, depth).join('/')}`;
  return { container, prefix: decodeURIComponent(parts.slice(depth).join('/')) };
}

function mayKnowIdentity({ protocol, hostname }: URL): void {
  if (protocol === 'https:' && STORAGE.test(hostname)) return;
  const hint = 'Read it with access: anonymous, or by a shared access signature in an app setting.';
  throw new SourceRefusal(
    'WrongAccess',
    `${hostname} is no storage account that the app’s identity is shown to.`,
    hint,
  );
}

/** The refusal of a file that is there and cannot be read, such as one of the archive tier. */
function unreadable(error: unknown): SourceRefusal {
  const { code, details } = error as { code?: string; details?: { errorCode?: string } };
  const hint = 'Bring it to an access tier that can be read, and write it anew.';
  return new SourceRefusal('Unreadable', `The Blob service answers ${code ?? details?.errorCode ?? 'Conflict'}.`, hint);
}

/** What a refusal of the Blob service means. https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
function explain(error: unknown, url: string, signal: AbortSignal): Error {
  if (signal.aborted) return timeoutRefusal(url, 'took too long');
  const { code, message } = error as { code?: string; message: string };
  const refused = connectionRefusal(code, message);
  if (refused) return refused;
  const said = `${url}: ${code ?? message.split('\n')[0]}.`;
  if (isStatus(error, 401, 403)) {
    const hint =
      'Give the app’s identity the role Storage Blob Data Reader there, or renew the shared access signature.';
    return new SourceRefusal('Forbidden', said, hint);
  }
  // Without public access a container is not there for those who do not sign in.
  if (isStatus(error, 404, 409)) return new SourceRefusal('NotFound', said, 'Check url and access of the source.');
  if (isStatus(error, 300, 301, 302, 303, 307, 308)) {
    return new SourceRefusal(
      'BadRedirect',
      `${url} redirects elsewhere.`,
      'Put the address of the container into url.',
    );
  }
  if (isStatus(error, 429, 500, 502, 503))
    return new SourceRefusal('ServerError', said, 'It is tried again by itself.');
  return networkRefusal(error, url);
}
