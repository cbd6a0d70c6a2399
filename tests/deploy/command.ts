import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { ROOT } from '../kit/running-platform.ts';

const STAND_INS = join(import.meta.dirname, 'stand-ins');
const TOOLS = ['az', 'kubectl', 'helm', 'npm', 'git'];
const SYSTEM =
  'awk bash cat cp cut date dirname env grep head mktemp paste rm sed sleep sort tail tee tr uniq wc'.split(' ');

/** A subscription id that both commands take. */
export const SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';

/** How one of the stand-ins answers, as in stand-ins/azure.txt; what is left out is empty. */
export interface Answer {
  call: string;
  times?: number;
  needs?: string;
  makes?: string;
  status?: number;
  stdout?: string;
  stderr?: string;
}

/** How a command ended. */
export interface Ended {
  code: number | null;
  out: string;
  err: string;
  /** The calls that it made of the stand-ins, in order. */
  calls: string[];
}

/** What `az bicep build-params` prints for dev, without the template. */
export const DEV_PARAMETERS = join(STAND_INS, 'dev-parameters.json');

/** What stand-ins/azure.txt says, as the stand-ins read it. */
const USUAL = readFileSync(join(STAND_INS, 'azure.txt'), 'utf8')
  .replace('@PARAMETERS', `@${DEV_PARAMETERS}`)
  .split('\n')
  .filter((line) => line.includes(' | ') && !line.startsWith('#'))
  .map((line) => line.split(/ *\| */).join('\x1f'));

function row({ call, times, needs, makes, status, stdout, stderr }: Answer): string {
  return [call, times, needs, makes, status, stdout, stderr].join('\x1f');
}

function which(tool: string): string {
  const files = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, tool));
  const found = files.find((file) => existsSync(file));
  if (!found) throw new Error(`There is no ${tool} on the PATH, which the commands need.`);
  return found;
}

/** A subscription, as the tools on the PATH show it: what one run makes is there for the next. */
export class Azure {
  readonly folder = mkdtempSync(join(tmpdir(), 'landfall-deploy-'));
  readonly #bin = join(this.folder, 'bin');

  constructor() {
    mkdirSync(this.#bin);
    for (const tool of SYSTEM) symlinkSync(which(tool), join(this.#bin, tool));
    symlinkSync(process.execPath, join(this.#bin, 'node'));
    for (const tool of TOOLS) this.#standIn(tool);
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** Takes a tool off the PATH. */
  without(tool: string): this {
    rmSync(join(this.#bin, tool));
    return this;
  }

  /** Has a stand-in answer for a tool that is there itself otherwise. */
  standingIn(tool: string): this {
    this.without(tool).#standIn(tool);
    return this;
  }

  /** What an earlier run has made. */
  has(...made: string[]): this {
    for (const each of made) writeFileSync(join(this.folder, `${each}.made`), '');
    return this;
  }

  deploy(args: string[] = ['--yes'], answers: Answer[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.run('bicep/deploy-infrastructure.sh', [SUBSCRIPTION, ...args], answers, env);
  }

  destroy(args: string[] = ['--yes'], answers: Answer[] = []): Promise<Ended> {
    return this.run('bicep/destroy-infrastructure.sh', [SUBSCRIPTION, ...args], answers);
  }

  /** Runs a command of the repository, or of a copy of it; the answers go before those of azure.txt. */
  async run(command: string, args: string[], answers: Answer[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    writeFileSync(join(this.folder, 'table'), [...answers.map(row), ...USUAL].join('\n') + '\n');
    writeFileSync(join(this.folder, 'calls'), '');
    for (const [index] of answers.entries()) rmSync(join(this.folder, `${index + 1}.answered`), { force: true });
    const child = spawn(resolve(ROOT, command), args, {
      cwd: this.folder,
      env: { PATH: this.#bin, STAND_INS: this.folder, TMPDIR: this.folder, LANDFALL_WAIT_SECONDS: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { out: '', err: '' };
    child.stdout.on('data', (text: Buffer) => (texts.out += text.toString()));
    child.stderr.on('data', (text: Buffer) => (texts.err += text.toString()));
    const code = await new Promise<number | null>((ended) => child.once('close', ended));
    return { code, ...texts, calls: readFileSync(join(this.folder, 'calls'), 'utf8').split('\n').filter(Boolean) };
  }

  #standIn(tool: string): void {
    symlinkSync(join(STAND_INS, 'stand-in'), join(this.#bin, tool));
  }
}
