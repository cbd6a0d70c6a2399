import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** What a TLS server on this machine needs, and what its clients must trust. */
export interface Certificates {
  caFile: string;
  ca: string;
  key: string;
  cert: string;
}

interface Pair {
  key: string;
  cert: string;
}

const DAY = 86_400_000;
const AUTHORITY_DAYS = 3650;
// Apple's TLS refuses server certificates that are valid for longer than 825 days (support.apple.com/en-us/103769).
const SERVER_DAYS = 397;
const RENEW_DAYS = 30;
const AUTHORITY = 'Landfall local platform';

type Extensions = NonNullable<NonNullable<Parameters<typeof generate>[1]>['extensions']>;
const AUTHORITY_EXTENSIONS: Extensions = [
  { name: 'basicConstraints', cA: true, critical: true },
  { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
];
const SERVER_EXTENSIONS: Extensions = [
  { name: 'basicConstraints', cA: false, critical: true },
  { name: 'keyUsage', digitalSignature: true, critical: true },
  { name: 'extKeyUsage', serverAuth: true },
  {
    name: 'subjectAltName',
    altNames: [
      { type: 2, value: 'localhost' },
      { type: 7, ip: '127.0.0.1' },
      { type: 7, ip: '::1' },
    ],
  },
];

/** Returns the certificates kept in a folder: made once by an own authority, renewed before they expire. */
export async function ensureCertificates(dir: string, now = new Date()): Promise<Certificates> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const ca = await ensurePair(join(dir, 'ca'), now, undefined);
  const server = await ensurePair(join(dir, 'server'), now, ca);
  return { caFile: join(dir, 'ca.pem'), ca: ca.cert, key: server.key, cert: server.cert };
}

async function ensurePair(path: string, now: Date, issuer: Pair | undefined): Promise<Pair> {
  const kept = existsSync(`${path}.pem`) ? await readPair(path) : undefined;
  if (kept && isUsable(kept, now, issuer ?? kept)) return kept;
  const made = await makePair(now, issuer);
  await replace(`${path}.key`, made.key, 0o600);
  await replace(`${path}.pem`, made.cert, 0o644);
  return made;
}

function isUsable({ key, cert }: Pair, now: Date, issuer: Pair): boolean {
  const certificate = new X509Certificate(cert);
  const daysLeft = (Date.parse(certificate.validTo) - now.getTime()) / DAY;
  return (
    daysLeft > RENEW_DAYS &&
    certificate.checkPrivateKey(createPrivateKey(key)) &&
    certificate.verify(new X509Certificate(issuer.cert).publicKey)
  );
}

async function makePair(now: Date, issuer: Pair | undefined): Promise<Pair> {
  const made = await generate([{ name: 'commonName', value: issuer ? 'localhost' : AUTHORITY }], {
    keyType: 'ec',
    algorithm: 'sha256',
    // A day early, so that a clock that is set back does not refuse it.
    notBeforeDate: new Date(now.getTime() - DAY),
    notAfterDate: new Date(now.getTime() + (issuer ? SERVER_DAYS : AUTHORITY_DAYS) * DAY),
    ...(issuer ? { ca: issuer, extensions: SERVER_EXTENSIONS } : { extensions: AUTHORITY_EXTENSIONS }),
  });
  return { key: made.private, cert: made.cert };
}

async function readPair(path: string): Promise<Pair> {
  return { key: await readFile(`${path}.key`, 'utf8'), cert: await readFile(`${path}.pem`, 'utf8') };
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  await writeFile(`${file}.new`, text, { mode });
  await rename(`${file}.new`, file);
}
