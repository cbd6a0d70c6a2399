import { createHash } from 'node:crypto';
import { refusal } from './refusal.ts';

/** Names content by its SHA-256. */
export function digestOf(content: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** Returns the digest as given, or refuses what is not a SHA-256 one. */
export function parseDigest(text = 'no digest'): string {
  if (/^sha256:[a-f0-9]{64}$/.test(text)) return text;
  throw refusal(400, 'DIGEST_INVALID', `Expected sha256: and 64 hexadecimal digits, got ${text}`);
}
