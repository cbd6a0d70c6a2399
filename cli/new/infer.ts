import { CliError } from '../cli-error.ts';
import { count, percent } from '../format/quantity.ts';
import { columnValues, type ColumnValues } from './column-values.ts';
import { reasonToLeaveOut } from './leave-out.ts';
import { nearest } from './nearest.ts';
import type { Sample } from './read-csv.ts';

export type Task = 'classification' | 'regression';

/** What a sample tells of its pipeline. */
export interface Inferred {
  task: Task;
  target: ColumnValues;
  features: ColumnValues[];
  leftOut: { name: string; reason: string }[];
  delimiter: string;
  /** Texts that mean a missing value, anywhere. */
  missingTexts: string[];
  /** Rows that were read, and the share of them that the process stage will set aside. */
  rows: number;
  badShare: number;
  isPart: boolean;
  notes: string[];
}

const MOST_COLUMNS = 500;
const MOST_CLASSES = 100;
/** Whole numbers of so few values are taken for classes. */
const FEW_VALUES = 10;
const LEAST_ROWS = 10;
/** What the process stage calls its own columns (RESERVED in landfall_runtime/schema.py). */
const RESERVED = ['block', 'cells', 'failures', 'file', 'header', 'line', 'problem', 'row', 'serial'];

/** Infers columns, task and what to leave out; every refusal says what to do about it. */
export function infer(sample: Sample, file: string, targetName: string, task: Task | undefined): Inferred {
  checkHeader(sample, file);
  const place = findTarget(sample.header, file, targetName);
  if (sample.rows.length === 0) throw new CliError(`${file} has no rows below its header.`, 'Name a file with data.');
  const columns = sample.header.map((name, index) => columnValues(name, textsOf(sample, index)));
  const target = columns[place] as ColumnValues;
  const chosen = task ?? chooseTask(target);
  checkTarget(target, chosen, sample, file);
  const judged = columns
    .filter((column) => column !== target)
    .map((column) => ({ column, reason: reasonToLeaveOut(column) }));
  const features = judged.flatMap(({ column, reason }) => (reason === undefined ? [column] : []));
  const leftOut = judged.flatMap(({ column, reason }) => (reason === undefined ? [] : [{ name: column.name, reason }]));
  checkFeatures(features, target, leftOut, file);
  const rows = sample.rows.length + sample.ragged + sample.multiline;
  return {
    task: chosen,
    target,
    features,
    leftOut,
    delimiter: sample.delimiter,
    missingTexts: [...new Set([...features, target].flatMap(({ missingTexts }) => missingTexts))].sort(),
    rows,
    badShare: (target.missing + sample.ragged + sample.multiline) / rows,
    isPart: sample.isPart,
    notes: notes(sample, target, features, file),
  };
}

function textsOf({ rows }: Sample, index: number): string[] {
  return rows.map((row) => row[index] ?? '');
}

function checkHeader({ header }: Sample, file: string): void {
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
}

function findTarget(header: string[], file: string, name: string): number {
  const place = header.indexOf(name);
  if (place >= 0) return place;
  const like = nearest(name, header);
  throw new CliError(
    `${file} has no column ${name}. It has: ${header.join(', ')}.`,
    like === undefined ? 'Name one of these with --target.' : `Did you mean --target ${JSON.stringify(like)}?`,
  );
}

function chooseTask({ kind, counts, present }: ColumnValues): Task {
  if (kind === 'number') return 'regression';
  if (kind !== 'integer') return 'classification';
  return counts.size <= FEW_VALUES && counts.size <= present / 5 ? 'classification' : 'regression';
}

function checkTarget(target: ColumnValues, task: Task, sample: Sample, file: string): void {
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

function checkFeatures(
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

function notes(sample: Sample, target: ColumnValues, features: ColumnValues[], file: string): string[] {
  const rows = sample.rows.length + sample.ragged + sample.multiline;
  const aside = (amount: number, what: string) =>
    amount > 0
      ? [`${count(amount, 'row')} (${percent(amount / rows)}) ${what}: the process stage sets such aside.`]
      : [];
  const timed = features.find(({ kind, counts }) => kind === 'date' && [...counts.keys()].some((it) => it.length > 10));
  return [
    ...(sample.isPart ? [`Only the first ${count(rows, 'row')} of ${file} were read (--rows N reads more).`] : []),
    ...aside(target.missing, `have no value of ${target.name}`),
    ...aside(sample.ragged, 'have more or fewer cells than the header'),
    ...aside(sample.multiline, 'have a line break within quotes'),
    ...(timed ? [`Of the times in ${timed.name} only the day is read.`] : []),
  ];
}
