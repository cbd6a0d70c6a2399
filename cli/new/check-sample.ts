import { CliError } from '../cli-error.ts';
import { count } from '../format/quantity.ts';
import type { ColumnValues } from './column-values.ts';
import type { Task } from './infer.ts';
import { nearest } from './nearest.ts';
import type { Sample } from './read-csv.ts';

const MOST_COLUMNS = 500;
const MOST_CLASSES = 100;
const LEAST_ROWS = 10;
/** What the process stage calls its own columns (RESERVED in landfall_runtime/schema.py). */
const RESERVED = ['block', 'cells', 'failures', 'file', 'header', 'line', 'problem', 'row', 'serial'];

/** Refuses a header that names no columns, or two alike, and a file without rows. */
export function checkHeader({ header, rows }: Sample, file: string): void {
  const refuse = (problem: string, cure: string) => {
    throw new CliError(`${file}: ${problem}.`, cure);
  };
  if (header.length > MOST_COLUMNS)
    refuse(`there are ${header.length} columns, and ${MOST_COLUMNS} at most can be taken`, 'Keep those that matter.');
  if (header.every((name) => name === '' || !Number.isNaN(Number(name))))
    refuse(`the first line has only numbers (${header.slice(0, 5).join(', ')})`, 'Name the columns in the first line.');
  const unnamed = header.indexOf('');
  if (unnamed >= 0)
    refuse(
      `column ${unnamed + 1} has no name`,
      'Name it in the first line, or leave it out (pandas: to_csv(FILE, index=False)).',
    );
  const broken = header.find((name) => /[\r\n]/.test(name));
  if (broken !== undefined) refuse(`the name ${JSON.stringify(broken)} goes over two lines`, 'Write it in one line.');
  const folded = header.map((name) => name.toLowerCase());
  const twice = header.find((name, index) => folded.indexOf(name.toLowerCase()) !== index);
  if (twice !== undefined)
    refuse(`two columns are named ${twice} (capital letters make no difference)`, 'Rename one of them.');
  if (rows.length === 0) refuse('there are no rows below the header', 'Name a file with data.');
}

/** The place of the column to predict. */
export function findTarget(header: string[], file: string, name: string): number {
  const place = header.indexOf(name);
  if (place >= 0) return place;
  const like = nearest(name, header);
  throw new CliError(
    `${file} has no column ${name}. It has: ${header.join(', ')}.`,
    like === undefined ? 'Name one of these with --target.' : `Did you mean --target ${JSON.stringify(like)}?`,
  );
}

/** Refuses a target that the task cannot predict. */
export function checkTarget(target: ColumnValues, task: Task, sample: Sample, file: string): void {
  const { name, kind, counts, present } = target;
  const refuse = (problem: string, cure: string) => {
    throw new CliError(`${file}: the target ${name} ${problem}.`, cure);
  };
  if (present < LEAST_ROWS)
    refuse(`has a value in ${count(present, 'row')}, too few to learn from`, `Give ${LEAST_ROWS} rows or more.`);
  if (counts.size < 2) {
    const further = sample.isPart ? 'Read more rows with --rows, or choose' : 'Choose';
    refuse(`is ${[...counts.keys()][0]} in every row: nothing is to be told apart`, `${further} another --target.`);
  }
  if (kind === 'date') refuse('is a date, which no model predicts here', 'Choose another --target.');
  if (task === 'regression') {
    const text = [...counts.keys()].find((value) => Number.isNaN(Number(value)));
    if (text !== undefined || kind === 'category')
      refuse(`has values that are no numbers, such as ${text ?? 'codes'}`, 'Use --task classification.');
  } else if (counts.size > MOST_CLASSES) {
    const cure = kind === 'number' || kind === 'integer' ? 'Use --task regression.' : 'Choose another --target.';
    refuse(`has ${counts.size} different values, and ${MOST_CLASSES} classes at most can be told apart`, cure);
  } else checkClasses(counts, sample, refuse);
}

function checkClasses(
  counts: Map<string, number>,
  { isPart }: Sample,
  refuse: (problem: string, cure: string) => void,
): void {
  const single = [...counts].filter(([, rows]) => rows === 1).map(([value]) => value);
  // What was read may be a part; each class needs one row to train on and one to hold out.
  if (single.length > 0 && !isPart)
    refuse(
      `has only one row of ${single.slice(0, 5).join(', ')}${single.length > 5 ? ', …' : ''}`,
      'Each class needs two rows or more: leave such rows out, or join classes.',
    );
}

/** Refuses columns that leave nothing to learn from, and names that are taken. */
export function checkFeatures(
  features: ColumnValues[],
  target: ColumnValues,
  leftOut: { name: string; reason: string }[],
  file: string,
): void {
  const why = leftOut.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  if (features.length === 0)
    throw new CliError(
      `${file} has no column to predict ${target.name} from${why ? ` (${why})` : ''}.`,
      'Give a file with more columns.',
    );
  const reserved = [...features, target].find(({ name }) => RESERVED.includes(name.toLowerCase()));
  if (reserved)
    throw new CliError(
      `${file}: the process stage needs the name ${reserved.name} for itself.`,
      `Rename the column; these names are taken: ${RESERVED.join(', ')}.`,
    );
}
