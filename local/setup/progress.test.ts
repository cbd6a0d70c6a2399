import { expect, test } from 'vitest';
import { plainCause } from './progress.mjs';

test.each([
  ['npm error code ECONNREFUSED\nnpm error syscall connect', 'A download failed (ECONNREFUSED)'],
  ['error: dns error: failed to lookup address information: Temporary failure in name resolution', 'A download failed'],
  [
    "TypeError: fetch failed\n[cause]: Error: self-signed certificate in certificate chain\n  code: 'SELF_SIGNED_CERT_IN_CHAIN'",
    'NODE_EXTRA_CA_CERTS',
  ],
  ['OSError: [Errno 28] No space left on device', 'The disk is full (No space left on device)'],
])('%j is told in one line that says what to do', (output, expected) => {
  expect(plainCause(output)).toContain(expected);
  expect(plainCause(output)).not.toContain('\n');
});

test('any other failure keeps its own words', () => expect(plainCause('SyntaxError: bad token')).toBeUndefined());
