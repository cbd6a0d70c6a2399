/** Where the page is: the parts of the path and the query behind `#/`. */
export interface Place {
  segments: string[];
  query: Record<string, string>;
}

/** Reads a fragment such as `#/runs/ID/logs?stage=train`; what is no address of the page is its start. */
export function parseHash(hash: string): Place {
  const [path = '', query = ''] = splitOnce(hash.replace(/^#\/?/, ''), '?');
  const segments = path.split('/').filter(Boolean).map(decoded);
  return { segments, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** The fragment of a place; empty values of the query are left out. */
export function hashOf(segments: string[], query: Record<string, string | undefined> = {}): string {
  const kept = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const search = new URLSearchParams(kept).toString();
  return `#/${segments.map(encodeURIComponent).join('/')}${search ? `?${search}` : ''}`;
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** A part that is badly encoded is taken as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return part;
    throw error;
  }
}
