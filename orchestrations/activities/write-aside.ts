import { createHash } from 'node:crypto';
import type { Landing } from '../../shared/clients/landing.ts';
import { SourceRefusal } from '../../shared/sources/refusal.ts';

/** A file that was written aside: bytes and SHA-256 in hex. */
export interface Written {
  size: number;
  hash: string;
}

export interface WriteLimits {
  /** Bytes. */
  maxSize: number;
  /** Looks at the beginning of the content, and throws where it is not what was wanted. */
  checkBeginning?(start: Buffer): void;
}

/** Enough to tell what kind of content it is. */
const BEGINNING_BYTES = 512;

/** Streams content to a file aside, and measures it on its way; what is empty or too large is refused. */
export async function writeAside(
  landing: Pick<Landing, 'write'>,
  aside: string,
  body: AsyncIterable<Buffer>,
  { maxSize, checkBeginning = () => undefined }: WriteLimits,
): Promise<Written> {
  const hash = createHash('sha256');
  let size = 0;
  let beginning = Buffer.alloc(0);
  await landing.write(aside, measured());
  if (size === 0) {
    throw new SourceRefusal('EmptyContent', 'The answer is empty.', 'Ask whoever runs the source; it is tried again.');
  }
  return { size, hash: hash.digest('hex') };

  async function* measured(): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > maxSize) throw tooLarge(maxSize);
      hash.update(chunk);
      if (beginning.length < BEGINNING_BYTES) {
        beginning = Buffer.concat([beginning, chunk.subarray(0, BEGINNING_BYTES)]);
        checkBeginning(beginning);
      }
      yield chunk;
    }
  }
}

/** The refusal of what is larger than its source may deliver. */
export function tooLarge(maxSize: number, came?: number): SourceRefusal {
  const size = came === undefined ? 'larger' : `${came} bytes, which is more`;
  const hint =
    'Raise maxSize of the source (5Gi at most), or fetch it in a collect.py (type script), which has no such limit.';
  return new SourceRefusal('TooLarge', `The content is ${size} than the ${maxSize} bytes of maxSize.`, hint);
}
