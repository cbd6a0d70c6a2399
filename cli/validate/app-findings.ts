import { spawnSync } from 'node:child_process';
import { basename, dirname, resolve } from 'node:path';

const FILE = 'pipeline.yaml';
const CHECK = resolve(import.meta.dirname, '../../shared/check-pipelines.ts');

/** What the app of this checkout has against a pipeline.yaml, by its path and the name to tell; one look a folder of pipelines. */
export function createAppFindings(check = CHECK): (path: string, file: string) => string[] {
  const known = new Map<string, Broken[]>();
  return (path, file) => {
    const [folder, name] = [dirname(dirname(path)), basename(dirname(path))];
    // The app knows only FOLDER/NAME/pipeline.yaml.
    if (basename(path) !== FILE || name === '') return [];
    const broken = known.get(folder) ?? ask(check, folder);
    known.set(folder, broken);
    const { problems = [] } = broken.find((one) => one.name === name) ?? {};
    return problems.map((problem) => problem.replace(`${name}/${FILE}:`, `${file}:`));
  };
}

interface Broken {
  name: string;
  problems: string[];
}

/** The app says it in a process of its own: the command line knows none of its code. */
function ask(check: string, folder: string): Broken[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', check, folder], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${check} ended with ${status}: ${stderr.trim()}`);
  return JSON.parse(stdout) as Broken[];
}
