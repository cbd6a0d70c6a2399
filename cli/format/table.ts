import stringWidth from 'string-width';
import { oneLine, pad } from './text.ts';

/** Lines of a table: each column as wide as its widest cell, the last one as it comes. */
export function table(heads: string[], rows: (string | undefined)[][]): string[] {
  const cells = [heads, ...rows.map((row) => row.map((cell) => oneLine(cell ?? '')))];
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => stringWidth(row[column] ?? ''))));
  return cells.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Lines of names and values, one below the other; what has no value is left out. */
export function facts(entries: [name: string, value: string | undefined][]): string[] {
  const known = entries.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(0, ...known.map(([name]) => stringWidth(name)));
  return known.map(([name, value]) => `  ${pad(name, width)}  ${oneLine(value ?? '')}`);
}
