import { randomUUID } from 'node:crypto';
import type { Web, WebAnswer, WebRequest } from '../../shared/clients/web.ts';
import { checkBeginning, checkStatus, checkType, text } from '../../shared/sources/answer.ts';
import { asidePath, landedName } from '../../shared/sources/landed-name.ts';
import { SourceRefusal } from '../../shared/sources/refusal.ts';
import { addressHash, seenAt } from '../../shared/sources/seen-at.ts';
import { shownAddress } from '../../shared/sources/shown-address.ts';
import type { Outcome, Seen } from '../../shared/sources/source-state.ts';
import { resolve, type HttpsSource } from '../../shared/sources/source.ts';
import type { CollectionContext, Collection } from './collection.ts';
import { tooLarge, writeAside } from './write-aside.ts';

/** Characters of a content's hash that stand in the name of its file. */
const HASH_SHOWN = 8;

/**
 * Fetches an address if it has changed: asks by ETag and Last-Modified, and compares the content where the server knows
 * neither. Content lands under a name that follows from it and from how often there was new content: the same content,
 * delivered again after a crash, is the same file.
 */
export async function collectHttps(context: CollectionContext, collection: Collection<HttpsSource>): Promise<Outcome> {
  const { source, seen, now } = collection;
  const request = requestOf(source, context.setting);
  const known = seenAt(seen, request.url);
  const { web } = context.clients;
  const answer = await web.send('GET', { ...request, conditions: conditionsOf(known) });
  try {
    if (answer.status === 304 && known) return { status: 'Unchanged', seen: known };
    checkStatus(answer, shownAddress(request.url), now);
    checkType(answer, source);
    return await take(context, collection, request, answer);
  } finally {
    answer.close();
  }
}

async function take(
  { clients: { landing, web } }: CollectionContext,
  { source, folder, seen }: Collection<HttpsSource>,
  request: WebRequest,
  answer: WebAnswer,
): Promise<Outcome> {
  const announced = Number(text(answer.headers, 'content-length') ?? 0);
  if (announced > source.maxSize) throw tooLarge(source.maxSize, announced);
  const aside = asidePath(folder, source.name, randomUUID());
  try {
    const { hash, size } = await writeAside(landing, aside, answer.body, {
      maxSize: source.maxSize,
      checkBeginning: (start) => source.contentType === undefined && checkBeginning(start, source.as),
    });
    const { sequence: before = 0 } = seen ?? {};
    const address = addressHash(request.url);
    const now: Seen = { address, ...validatorsOf(answer), contentHash: hash, sequence: before };
    if (hash === seen?.contentHash) {
      await landing.drop(aside);
      return { status: 'Unchanged', seen: now };
    }
    await mustHaveStayed(web, request, answer, size);
    const sequence = before + 1;
    const path = `${folder}${landedName(source.as, `${sequence}-${hash.slice(0, HASH_SHOWN)}`)}`;
    await landing.reveal(aside, path);
    return { status: 'Changed', files: [path], seen: { ...now, sequence } };
  } catch (error) {
    await landing.drop(aside);
    throw error;
  }
}

/** What is asked, with app settings in place of references to them. */
function requestOf({ url, headers, timeout }: HttpsSource, setting: (name: string) => string | undefined): WebRequest {
  const address = resolve(url, setting);
  if (address === undefined || !URL.canParse(address)) {
    const name = typeof url === 'string' ? url : url.environment;
    const hint = `Set the app setting ${name} to an address such as https://data.example/iris.csv.`;
    throw new SourceRefusal('NotConfigured', `The app setting ${name} holds no address.`, hint);
  }
  const sent = Object.entries(headers).map(([name, value]) => {
    const resolved = resolve(value, setting);
    if (resolved !== undefined) return [name.toLowerCase(), resolved];
    const missing = typeof value === 'string' ? value : value.environment;
    const hint = `Set it, in Azure as a Key Vault reference, or take the header out of pipeline.yaml.`;
    throw new SourceRefusal('SettingMissing', `The app setting ${missing} of header ${name} is not set.`, hint);
  });
  const signal = AbortSignal.timeout(timeout);
  return { url: address, headers: Object.fromEntries(sent) as Record<string, string>, signal };
}

function conditionsOf(known: Seen | undefined): Record<string, string> {
  return {
    ...(known?.eTag && { 'if-none-match': known.eTag }),
    ...(known?.lastModified && { 'if-modified-since': known.lastModified }),
  };
}

function validatorsOf({ headers }: Pick<WebAnswer, 'headers'>): Pick<Seen, 'eTag' | 'lastModified'> {
  const [eTag, lastModified] = [text(headers, 'etag'), text(headers, 'last-modified')];
  return { ...(eTag && { eTag }), ...(lastModified && { lastModified }) };
}

/**
 * Refuses content that changed while it was read, as a server that sends a file which somebody writes would mix the two.
 * Servers that keep no validators or take no HEAD cannot be asked. Of several servers behind one name each may have
 * ETags of its own, so that an equal time of change counts for more.
 */
async function mustHaveStayed(web: Web, request: WebRequest, answer: WebAnswer, size: number): Promise<void> {
  const before = validatorsOf(answer);
  if (before.eTag === undefined && before.lastModified === undefined) return;
  const again = await web.send('HEAD', request);
  again.close();
  if (again.status !== 200) return;
  const after = validatorsOf(again);
  const length = text(again.headers, 'content-length');
  const sameTime = before.lastModified !== undefined && before.lastModified === after.lastModified;
  const differs = sameTime ? false : before.lastModified !== after.lastModified || before.eTag !== after.eTag;
  if (!differs && (length === undefined || Number(length) === size)) return;
  throw new SourceRefusal(
    'ChangedWhileRead',
    `${shownAddress(request.url)} changed while it was read, so that nothing of it was taken.`,
    'It is tried again by itself. If it stays so, ask for a file that is written aside and renamed.',
  );
}
