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
      '\nIt checks each file against workloads/pipeline.schema.json. The app’s own checks go further.',
    )
    .action(cli.offline(checkAll));
};

async function checkAll({ folder, show }: Offline, named: string[]): Promise<number> {
  const files = findPipelines(folder, named);
  // Loaded here, so that no other command waits for it.
  const { createChecker } = await import('../validate/check-pipeline.ts');
  const check = createChecker();
  const checked = files.map((file) => ({ file, problems: check(resolve(folder, file), file) }));
  const broken = checked.filter(({ problems }) => problems.length > 0).length;
  show.tell({ valid: broken === 0, files: checked }, () => [
    ...checked.flatMap(({ file, problems }) =>
      problems.length === 0 ? [`✔ ${file}`] : problems.map((one) => `✖ ${one}`),
    ),
    '',
    broken === 0
      ? `${count(files.length, 'file')} as the schema has it.`
      : `${broken} of ${count(files.length, 'file')} not as the schema has it: correct the lines named above.`,
    'The app’s own checks go further: limits that contradict each other, cron expressions, code files, names of folders,',
    'overlapping landing folders. landfall pipelines shows what they say.',
  ]);
  return broken === 0 ? EXIT.good : EXIT.failed;
}
