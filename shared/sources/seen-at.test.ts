import { expect, test } from 'vitest';
import { addressHash, seenAt } from './seen-at.ts';

const secret = 'https://data.example/a.csv?sig=SECRET';

test('what was seen of an address is known again, and what was seen of another is not', () => {
  const seen = { address: addressHash(secret), eTag: '1' };
  expect(seenAt(seen, secret)).toEqual(seen);
  expect(seenAt(seen, `${secret}2`)).toBeUndefined();
  expect(seenAt(undefined, secret)).toBeUndefined();
});

test('an address that an older release kept in clear is known, and kept in clear no longer', () => {
  const known = seenAt({ url: secret, eTag: '1' }, secret);
  expect(known).toEqual({ address: addressHash(secret), eTag: '1' });
  expect(seenAt({ url: secret, eTag: '1' }, 'https://data.example/a.csv')).toMatchObject({ eTag: '1' });
  expect(JSON.stringify(known)).not.toContain('SECRET');
});
