import { resolve } from 'node:path';
import { EXIT } from '../cli-error.ts';
import { count } from '../format/quantity.ts';
import type { Offline, Register } from '../session.ts';
import { findPipelines } from '../validate/find-pipelines.ts';

/** Registers `landfall validate`. */
export const validate: Register = (program, cli) => {
  program
    .command('validate')
    .description('check pipeline.yaml files, without any app')
    .argument('[folder...]', 'folders of pipelines, or pipeline.yaml files (default: workloads/pipelines)')
    .addHelpText(
      'after',
      '\nEach file is held against workloads/pipeline.schema.json, and then against what the app of this checkout says' +
        '\nof it in its place: schedules, limits that contradict each other, code files, names and landing folders.',
    )
    .action(cli.offline(checkAll));
};

async function checkAll({ folder, show }: Offline, named: string[]): Promise<number> {
  const files = findPipelines(folder, named);
  // Loaded here, so that no other command waits for it.
  const [{ createChecker }, { createAppFindings }] = await Promise.all([
    import('../validate/check-pipeline.ts'),
    import('../validate/app-findings.ts'),
  ]);
  const [check, appFindings] = [createChecker(), createAppFindings()];
  const problemsOf = (path: string, file: string) => {
    const problems = check(path, file);
    // The app says the same of what is not as the schema has it, less closely.
    return problems.length > 0 ? problems : appFindings(path, file);
  };
  const checked = files.map((file) => ({ file, problems: problemsOf(resolve(folder, file), file) }));
  const broken = checked.filter(({ problems }) => problems.length > 0).length;
  show.tell({ valid: broken === 0, files: checked }, () => [
    ...checked.flatMap(({ file, problems }) =>
      problems.length === 0 ? [`✔ ${file}`] : problems.map((one) => `✖ ${one}`),
    ),
    '',
    broken === 0
      ? `${count(files.length, 'file')} as the app takes ${files.length === 1 ? 'it' : 'them'}.`
      : `${broken} of ${count(files.length, 'file')} not as the app takes it: correct what is named above.`,
  ]);
  return broken === 0 ? EXIT.good : EXIT.failed;
}
