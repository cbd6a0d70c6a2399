#!/usr/bin/env node
// What `npx landfall` starts. It is plain JavaScript, so that a Node that is too old for the rest can say so.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major >= 24) {
  // Of all warnings only that types are stripped would come, on early versions of Node 24: it is no news to anybody here.
  process.removeAllListeners('warning');
  const [{ landfall }, { main }] = await Promise.all([import('./landfall.ts'), import('./process.ts')]);
  await main(landfall);
} else {
  // The set-up of this checkout has a Node that is new enough, or gets one.
  const setup = fileURLToPath(new URL('../local/setup/run.mjs', import.meta.url));
  const child = spawn(process.execPath, [setup, 'landfall', ...process.argv.slice(2)], { stdio: 'inherit' });
  process.on('SIGINT', () => undefined);
  child.on('close', (code) => (process.exitCode = code ?? 1));
}
