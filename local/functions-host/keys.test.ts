import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ensureKeys } from './keys.ts';

it('makes keys once, for the owner only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const keys = ensureKeys(join(folder, 'new'));
  expect(ensureKeys(join(folder, 'new'))).toEqual(keys);
  expect(new Set([keys.master, keys.function, ...Object.values(keys.system)]).size).toBe(4);
  expect(statSync(join(folder, 'new/keys.json')).mode & 0o777).toBe(0o600);
});
