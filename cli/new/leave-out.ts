import type { ColumnValues } from './column-values.ts';

/** More values than this, one-hot, would be a model of its own. */
const MOST_CATEGORIES = 50;
const ENOUGH_ROWS = 20;
const ID_NAME = /(^|[^a-z])(id|uuid|guid|key|index|row|number|nr|no)$/i;
const DECIMAL_COMMA = /^[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+$/;

/** Why a column tells a model nothing that it could use, in words; undefined where it may. */
export function reasonToLeaveOut({ name, kind, counts, present, missing }: ColumnValues): string | undefined {
  if (present === 0) return 'it has no value at all';
  if (counts.size === 1) return missing > 0 ? 'it has only one value' : 'it has the same value in every row';
  const texts = [...counts.keys()];
  if (kind === 'category') {
    if (texts.every((text) => DECIMAL_COMMA.test(text)))
      return 'its numbers have a decimal comma: write them with a point';
    if (counts.size > MOST_CATEGORIES || (present >= ENOUGH_ROWS && counts.size > present / 2))
      return `it has ${counts.size} different values in ${present} rows: an id, or free text`;
  }
  if (kind === 'integer' && present >= ENOUGH_ROWS && counts.size === present) {
    const numbers = texts.map(Number).sort((one, other) => one - other);
    const isDense = (numbers.at(-1) ?? 0) - (numbers[0] ?? 0) === numbers.length - 1;
    if (isDense || ID_NAME.test(name)) return 'every row has another whole number: an id';
  }
  return undefined;
}
