import { sha256 } from '../sha256.ts';
import { shownAddress } from './shown-address.ts';
import type { Seen } from './source-state.ts';

/** How an address is kept: what stands in it may be secret, and it is only ever compared. */
export function addressHash(address: string): string {
  return sha256(address);
}

/** What was seen of an address; undefined where it was of another one. Rows of older releases have it in clear. */
export function seenAt(seen: Seen | undefined, address: string): Seen | undefined {
  if (!seen) return undefined;
  const { url, ...rest } = seen;
  const hash = addressHash(address);
  const isSame = url === undefined ? seen.address === hash : [url, shownAddress(url)].includes(address);
  return isSame ? { ...rest, address: hash } : undefined;
}
