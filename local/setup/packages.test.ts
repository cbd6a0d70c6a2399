import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasPackages, stampPackages } from './packages.mjs';

const LOCK = {
  packages: {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/a/node_modules/b': { version: '2.0.0', integrity: 'sha512-b' },
    'node_modules/b-for-another-system': { version: '2.0.0', integrity: 'sha512-c', optional: true },
    'node_modules/ours': { link: true },
  },
};

/** A checkout with a lock file, and in node_modules what npm wrote down there. */
function checkout(installed?: object): string {
  const root = mkdtempSync(join(tmpdir(), 'landfall-setup-'));
  mkdirSync(join(root, 'node_modules'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify(LOCK));
  if (installed) writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify(installed));
  return root;
}

const { '': _, 'node_modules/b-for-another-system': other, ...packages } = LOCK.packages;

test.each<[what: string, installed: object | undefined, found: boolean]>([
  ['nothing', undefined, false],
  ['what npm ci has put there by itself', { packages }, true],
  ['more than that', { packages: { ...packages, other, more: { version: '1.0.0' } } }, true],
  [
    'another version',
    { packages: { ...packages, 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } } },
    false,
  ],
  [
    'another content',
    { packages: { ...packages, 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } } },
    false,
  ],
  ['less', { packages: { 'node_modules/a': packages['node_modules/a'] } }, false],
])('%s is found in node_modules', (_what, installed, found) => {
  expect(hasPackages(checkout(installed))).toBe(found);
});

test('the stamp of the set-up counts for the lock file that it was made for', () => {
  const root = checkout();
  stampPackages(root);
  expect(hasPackages(root)).toBe(true);
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { ...LOCK.packages, more: {} } }));
  expect(hasPackages(root)).toBe(false);
});
