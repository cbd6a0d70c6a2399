import { count, percent } from '../format/quantity.ts';
import { table } from '../format/table.ts';
import { quote } from '../format/text.ts';
import type { ColumnValues } from './column-values.ts';
import type { Inferred } from './infer.ts';

const VALUES_SHOWN = 5;
const DELIMITER_NAMES: Record<string, string> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' };

/** What was inferred, as people read it. */
export function inferredLines(name: string, file: string, inferred: Inferred): string[] {
  const { task, target, features, leftOut, rows, delimiter, notes } = inferred;
  const classes = task === 'classification' ? ` (${count(target.counts.size, 'class', 'classes')})` : '';
  const what = `${task} of ${target.name}${classes} by ${count(features.length, 'column')}`;
  return [
    `${name}: ${what}, from ${count(rows, 'row')} of ${file}, separated by ${DELIMITER_NAMES[delimiter]}`,
    '',
    ...table(
      ['column', 'is', 'missing', 'values'],
      [
        ...features.map((column) => row(column, column.kind, rows)),
        row(target, 'target', rows),
        ...leftOut.map(({ name: column, reason }) => [column, 'left out', '', reason]),
      ],
    ).map((line) => `  ${line}`),
    ...(notes.length > 0 ? ['', ...notes.map((note) => `  ${note}`)] : []),
    '',
  ];
}

function row(column: ColumnValues, what: string, rows: number): string[] {
  const missing = column.missing > 0 ? `${column.missing} (${percent(column.missing / rows)})` : '';
  return [column.name, what, missing, values(column)];
}

function values({ kind, counts, min, max }: ColumnValues): string {
  if (kind === 'number' || kind === 'integer') return `${min} to ${max}`;
  const texts = [...counts].map(([text, times]) => `${text} ${times}`);
  if (kind === 'date') return `${count(counts.size, 'day')}`;
  return texts.slice(0, VALUES_SHOWN).join(', ') + (texts.length > VALUES_SHOWN ? ', …' : '');
}

/** What to do with the new pipeline. */
export function nextLines(name: string, folder: string, file: string): string[] {
  return [
    '',
    'Next:',
    `  npm start                                    where it does not run yet; a running one has seen ${name} already`,
    `  npx landfall drop ${quote(file)} --pipeline ${name} --follow`,
    `  edit ${quote(folder)}/schema.py, model.py, pipeline.yaml and drop again: the next run uses the new code`,
    `  docs/adding-a-pipeline.md tells what each file does, and how to test it`,
  ];
}
