import type { ColumnValues, Kind } from './column-values.ts';
import type { Inferred } from './infer.ts';
import { pythonText } from './python-text.ts';

const CLASSES: Record<Kind, string> = {
  number: 'Number',
  integer: 'Integer',
  boolean: 'Boolean',
  category: 'Category',
  date: 'Date',
};
const LINE_LIMIT = 120;
const VALUES_SHOWN = 5;

/** schema.py: the columns, one a line, with what the sample had in them. */
export function schemaPy({ task, target, features, leftOut, delimiter, missingTexts }: Inferred): string {
  const targetKind = task === 'classification' ? 'category' : target.kind;
  const columns = [...features.map((column) => columnLine(column)), columnLine({ ...target, kind: targetKind }, false)];
  const classes = [...new Set([...features.map(({ kind }) => CLASSES[kind]), CLASSES[targetKind], 'Schema'])].sort();
  const ignored = leftOut.map(({ name, reason }) => `        ${pythonText(name)},${comment(reason)}`);
  const text = [
    '"""What the rows of this pipeline are like: the columns of its files, and which of them is predicted.',
    '',
    'A row that lacks a value, unless it is nullable, or has one of another kind, is set aside by the process stage.',
    '"""',
    '',
    `from landfall_runtime.schema import ${classes.join(', ')}`,
    '',
    'SCHEMA = Schema(',
    '    columns=[',
    ...columns,
    '    ],',
    `    target=${pythonText(target.name)},`,
    ...(ignored.length > 0
      ? ['    # Files may have these columns, and the model does not read them.', '    ignored=[', ...ignored, '    ],']
      : []),
    ...(delimiter === ',' ? [] : [`    delimiter=${delimiter === '\t' ? '"\\t"' : pythonText(delimiter)},`]),
    ...(missingTexts.length > 0
      ? ['    # These texts mean a missing value, as no text at all does.', ...listed('missing', missingTexts)]
      : []),
    ')',
    '',
  ];
  return text.join('\n');
}

function listed(name: string, texts: string[]): string[] {
  const line = `    ${name}=[${texts.map(pythonText).join(', ')}],`;
  return line.length <= LINE_LIMIT
    ? [line]
    : [`    ${name}=[`, ...texts.map((it) => `        ${pythonText(it)},`), '    ],'];
}

function columnLine({ name, kind, missing, counts, min, max }: ColumnValues, mayBeNullable = true): string {
  const nullable = missing > 0 && mayBeNullable ? ', nullable=True' : '';
  const texts = [...counts.keys()];
  const some = texts.slice(0, VALUES_SHOWN).join(', ') + (texts.length > VALUES_SHOWN ? ', …' : '');
  const seen = kind === 'number' || kind === 'integer' ? `${min} to ${max}` : kind === 'category' ? some : '';
  const line = `        ${CLASSES[kind]}(${pythonText(name)}${nullable}),`;
  return seen && !/[^\x20-\x7e…]/.test(seen) ? `${line}${comment(seen, line.length)}` : line;
}

/** A comment behind a line, if there is room for it. */
function comment(text: string, used = 60): string {
  const plain = `  # ${text.replace(/\s+/g, ' ')}`;
  return used + plain.length <= LINE_LIMIT && !/[^\x20-\x7e…]/.test(text) ? plain : '';
}
