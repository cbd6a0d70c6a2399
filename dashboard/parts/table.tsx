import type { ComponentChildren } from 'preact';
import './table.css';

interface Props {
  caption: string;
  /** Headings; one that begins with `#` is of numbers, one that begins with `-` is left out on a narrow screen. */
  columns: string[];
  rows: { key: string; cells: ComponentChildren[] }[];
  empty: string;
  /** On a narrow screen each row becomes a block of its own, with its headings beside the values. */
  stacks?: boolean;
}

/**
 * A table whose first column names its rows; where it is wider than the screen it can be scrolled, by keys too.
 * The roles are written out since some browsers forget them where a table is laid out otherwise.
 */
export function Table({ caption, columns, rows, empty, stacks = false }: Props) {
  if (rows.length === 0) return <p class="muted empty">{empty}</p>;
  const heads = columns.map(headOf);
  return (
    <div class={stacks ? 'scroll stacks' : 'scroll'} tabIndex={0} role="region" aria-label={caption}>
      <table role="table" aria-label={caption}>
        <thead role="rowgroup">
          <tr role="row">
            {heads.map(({ words, name }) => (
              <th key={words} role="columnheader" scope="col" class={name}>
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map(({ key, cells }) => (
            <tr key={key} role="row">
              {cells.map((cell, at) => (
                <Cell key={columns[at]} head={heads[at]} isFirst={at === 0}>
                  {cell}
                </Cell>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Head {
  words: string;
  name: string;
}

function headOf(column: string): Head {
  const name = column.startsWith('#') ? 'number' : column.startsWith('-') ? 'wide' : '';
  return { words: column.replace(/^[#-]/, ''), name };
}

interface CellProps {
  head: Head | undefined;
  isFirst: boolean;
  children: ComponentChildren;
}

function Cell({ head = { words: '', name: '' }, isFirst, children }: CellProps) {
  if (isFirst) {
    return (
      <th role="rowheader" scope="row" class={head.name}>
        {children}
      </th>
    );
  }
  return (
    <td role="cell" class={head.name} data-head={head.words}>
      {children}
    </td>
  );
}
