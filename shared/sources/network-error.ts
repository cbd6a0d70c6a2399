import { SourceRefusal } from './refusal.ts';

const LATER = 'It is tried again by itself; if it stays so, ask whoever runs the server.';

/** What errors of sockets, TLS and HTTP mean, by their codes; the first that fits counts. */
const KNOWN: [codes: RegExp, reason: string, what: string, hint: string][] = [
  [/^(ENOTFOUND|EAI_)/, 'NameNotFound', 'has a name that is not known', 'Check the host in the url.'],
  [/^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/, 'CutOff', 'cut its answer off', LATER],
  [/CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS|^EPROTO$/, 'CertificateRefused', 'has no certificate that is trusted', 'Have the server’s certificate corrected.'], // prettier-ignore
  [/^HPE_/, 'BadAnswer', 'answered in no HTTP', 'Check protocol and port of the url.'],
  [/^E(CONNREFUSED|HOSTUNREACH|NETUNREACH|TIMEDOUT)$/, 'Unreachable', 'cannot be reached', LATER],
];

/** The refusal that an error of the network means for a source; a refusal stays what it is. */
export function networkRefusal(error: unknown, url: string): SourceRefusal {
  if (error instanceof SourceRefusal) return error;
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  const known = KNOWN.find(([codes]) => codes.test(code));
  const [, reason = 'Unreachable', what = 'could not be read', hint = LATER] = known ?? [];
  return new SourceRefusal(reason, `${url} ${what}: ${message || code}.`, hint);
}

/** The refusal of a source that was silent, or slow, for too long. */
export function timeoutRefusal(url: string, what: string): SourceRefusal {
  const hint =
    'It is tried again by itself. What takes longer than the source’s timeout is for a collect.py (type script).';
  return new SourceRefusal('Timeout', `${url} ${what}.`, hint);
}
