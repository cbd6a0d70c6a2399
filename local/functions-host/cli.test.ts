import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'functions-host-'));
const server = createServer();
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function run(...args: string[]) {
  const cli = join(import.meta.dirname, 'cli.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

const serve = (port: string | number = 0) => run(folder, '--port', String(port), '--data', join(folder, 'data'));

describe('the command', () => {
  it('helps', () => {
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--record <file>') as string });
  });

  it.each([
    [
      'a folder without package.json',
      () => undefined,
      'package.json is not there: give the folder of a functions app.',
    ],
    ['an app without main', () => write('package.json', '{}'), 'names no main'],
    [
      'an app that is not built',
      () => write('package.json', '{"main":"dist/app.cjs"}'),
      'build the app first (npm run build)',
    ],
    ['a host.json that is no JSON', () => write('host.json', '{'), 'host.json cannot be read'],
  ])('refuses %s', (_, prepare, text) => {
    prepare();
    expect(serve()).toMatchObject({ status: 1, stderr: expect.stringContaining(text) as string });
    rmSync(join(folder, 'host.json'), { force: true });
  });

  it('names the port that is in use', () => {
    write('package.json', '{"main":"app.cjs"}');
    write('app.cjs', '');
    const { port } = server.address() as AddressInfo;
    expect(serve(port)).toMatchObject({
      status: 1,
      stderr: `Port ${port} is in use: stop what listens there, or give another --port.\n`,
    });
    expect(serve('http').stderr).toContain('Expected 0 to 65535.');
  });
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}
