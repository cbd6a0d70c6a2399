import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { Snapshot } from './snapshot.ts';

/** The folder of the templates. */
export const TEMPLATES = resolve(import.meta.dirname, '../../bicep');

/** What is not in the parameter files, as a deployment would give it; snapshots are made with these values. */
const GIVEN = {
  LANDFALL_ALERT_EMAIL: 'alerts@example.com',
  LANDFALL_ALLOWED_ADDRESSES: '203.0.113.0/24,198.51.100.7/32',
  LANDFALL_SIGN_IN_CLIENT_ID: '00000000-0000-0000-0000-000000000003',
};
const SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';
const TENANT = '00000000-0000-0000-0000-000000000002';

/** Why there is no compiler to test with; undefined where there is one. */
export const noCompiler = found() ? undefined : 'no Bicep compiler: set BICEP, or put bicep on PATH';

/** What a command of the compiler said. */
export interface Said {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the compiler in a folder. */
export function bicep(folder: string, ...args: string[]): Said {
  return run(folder, args, {});
}

function run(folder: string, args: string[], given: Record<string, string>): Said {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('LANDFALL_'));
  // The globalization data that .NET asks for is not on every machine.
  const env = { ...Object.fromEntries(own), ...GIVEN, ...given, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' };
  const { status, stdout, stderr } = spawnSync(found() ?? 'bicep', args, { cwd: folder, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** A copy of the templates that a command may write to. */
export function copyOfTemplates(): string {
  const copy = mkdtempSync(join(tmpdir(), 'landfall-bicep-'));
  cpSync(TEMPLATES, copy, { recursive: true });
  return copy;
}

/** The snapshot of a parameter file as the templates make it now, with more in the environment where a test gives it. */
export function snapshotNow(copy: string, name: string, given: Record<string, string> = {}): Snapshot {
  const group = name.startsWith('eventing-') ? ['--resource-group', name.replace('eventing', 'landfall')] : [];
  const scope = ['--subscription-id', SUBSCRIPTION, '--tenant-id', TENANT, ...group];
  const fixed = ['--location', 'swedencentral', '--deployment-name', 'landfall', '--mode', 'overwrite'];
  const said = run(copy, ['snapshot', `${name}.bicepparam`, ...scope, ...fixed], given);
  if (said.status !== 0) throw new Error(`bicep snapshot ${name}.bicepparam: ${said.stdout}${said.stderr}`);
  return JSON.parse(readFileSync(join(copy, `${name}.snapshot.json`), 'utf8')) as Snapshot;
}

function found(): string | undefined {
  const beside = resolve(import.meta.dirname, '../../../shared/tools/bicep');
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'bicep'));
  return [process.env.BICEP, beside, ...onPath].find((path) => path !== undefined && existsSync(path));
}
