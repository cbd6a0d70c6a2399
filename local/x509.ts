import { createHash, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';

/** What a certificate says; without `issuer` it is an authority that signs itself. */
export interface CertificateRequest {
  name: string;
  key: KeyObject;
  notBefore: Date;
  notAfter: Date;
  issuer?: { name: string; key: KeyObject };
  hosts?: string[];
}

/** Makes an X.509 v3 certificate (RFC 5280) with an EC key, in PEM. */
export function makeCertificate(request: CertificateRequest): string {
  const issuer = request.issuer ?? request;
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(positive(randomBytes(16))),
    ecdsaWithSha256,
    commonName(issuer.name),
    sequence(time(request.notBefore), time(request.notAfter)),
    commonName(request.name),
    publicKeyOf(request.key),
    tagged(3, sequence(...(request.issuer ? serverExtensions(request, issuer.key) : authorityExtensions(request.key)))),
  );
  const certificate = sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, issuer.key)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function authorityExtensions(key: KeyObject): Buffer[] {
  return [
    critical('13', sequence(boolean(true), integer(Buffer.from([0])))), // basicConstraints: an authority, no further ones
    critical('0f', bitString(Buffer.from([0x06]), 1)), // keyUsage: keyCertSign, cRLSign
    extension('0e', der(0x04, keyId(key))), // subjectKeyIdentifier
  ];
}

function serverExtensions(request: CertificateRequest, issuerKey: KeyObject): Buffer[] {
  return [
    critical('0f', bitString(Buffer.from([0x80]), 7)), // keyUsage: digitalSignature
    extension('25', sequence(oid('2b06010505070301'))), // extKeyUsage: serverAuth
    extension('23', sequence(der(0x80, keyId(issuerKey)))), // authorityKeyIdentifier
    extension('11', sequence(...(request.hosts ?? []).map(generalName))), // subjectAltName
  ];
}

function generalName(host: string): Buffer {
  if (isIPv4(host)) return der(0x87, Buffer.from(host.split('.').map(Number)));
  if (host === '::1') return der(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])]));
  if (isIPv6(host)) throw new Error(`No certificate for ${host}: of IPv6 addresses only ::1 is supported`);
  return der(0x82, Buffer.from(host, 'ascii'));
}

function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const size = body.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...items: Buffer[]) => der(0x30, ...items);
const tagged = (tag: number, item: Buffer) => der(0xa0 + tag, item);
const integer = (bytes: Buffer) => der(0x02, bytes);
const boolean = (value: boolean) => der(0x01, Buffer.from([value ? 0xff : 0]));
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const bitString = (bytes: Buffer, unused = 0) => der(0x03, Buffer.from([unused]), bytes);
// 2.5.29.x, the arc of all certificate extensions
const extension = (id: string, value: Buffer) => sequence(oid(`551d${id}`), der(0x04, value));
const critical = (id: string, value: Buffer) => sequence(oid(`551d${id}`), boolean(true), der(0x04, value));
// 2.5.4.3
const commonName = (name: string) => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
const publicKeyOf = (key: KeyObject) => createPublicKey(key).export({ type: 'spki', format: 'der' });
const keyId = (key: KeyObject) => createHash('sha256').update(publicKeyOf(key)).digest().subarray(0, 20);

/** A serial number has to be a positive integer in its shortest form. */
function positive(bytes: Buffer): Buffer {
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5). */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}
