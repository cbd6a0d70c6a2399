import { count, percent } from '../format/quantity.ts';
import { columnValues, type ColumnValues } from './column-values.ts';
import { checkFeatures, checkHeader, checkTarget, findTarget } from './check-sample.ts';
import { reasonToLeaveOut } from './leave-out.ts';
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

/** Whole numbers of so few values are taken for classes. */
const FEW_VALUES = 10;

/** Infers columns, task and what to leave out; every refusal says what to do about it. */
export function infer(sample: Sample, file: string, targetName: string, task: Task | undefined): Inferred {
  checkHeader(sample, file);
  const place = findTarget(sample.header, file, targetName);
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

function chooseTask({ kind, counts, present }: ColumnValues): Task {
  if (kind === 'number') return 'regression';
  if (kind !== 'integer') return 'classification';
  return counts.size <= FEW_VALUES && counts.size <= present / 5 ? 'classification' : 'regression';
}

function notes(sample: Sample, target: ColumnValues, features: ColumnValues[], file: string): string[] {
  const rows = sample.rows.length + sample.ragged + sample.multiline;
  const aside = (amount: number, what: string) =>
    amount > 0 ? [`Rows ${what}: ${amount} (${percent(amount / rows)}). The process stage sets such aside.`] : [];
  const timed = features.find(({ kind, counts }) => kind === 'date' && [...counts.keys()].some((it) => it.length > 10));
  return [
    ...(sample.isPart ? [`Only the first ${count(rows, 'row')} of ${file} were read (--rows N reads more).`] : []),
    ...aside(target.missing, `without a value of ${target.name}`),
    ...aside(sample.ragged, 'with more or fewer cells than the header'),
    ...aside(sample.multiline, 'with a line break within quotes'),
    ...(timed ? [`Of the times in ${timed.name} only the day is read.`] : []),
  ];
}
