import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keys and tokens of the local platform: random, made at the first start, and good on this machine's loopback only. */
export interface Secrets {
  lakeKey: string;
  topicKey: string;
  kubeletToken: string;
  /** Bearer tokens of the API servers: the person at the keyboard, the app, the operators. */
  adminToken: string;
  appToken: string;
}

/** Reads the secrets of a state folder, making them first where there are none. */
export function ensureSecrets(state: string): Secrets {
  const file = join(state, 'secrets.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  const made: Secrets = {
    lakeKey: randomBytes(64).toString('base64'),
    topicKey: randomBytes(32).toString('base64'),
    kubeletToken: randomBytes(24).toString('hex'),
    adminToken: randomBytes(24).toString('hex'),
    appToken: randomBytes(24).toString('hex'),
  };
  writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 });
  return made;
}
