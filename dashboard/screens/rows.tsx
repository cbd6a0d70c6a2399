import { Table } from '../parts/table.tsx';

/** Columns with what is wrong come first. */
const PROBLEMS = ['problem', 'reason'];

/** Rows of data, which may have any columns. */
export function Rows({ rows, caption, empty }: { rows: Record<string, unknown>[]; caption: string; empty: string }) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const isProblem = (name: string) => PROBLEMS.includes(name);
  const ordered = names.toSorted((a, b) => Number(isProblem(b)) - Number(isProblem(a)));
  return (
    <Table
      caption={caption}
      // A mark in front keeps names that begin as the table's own signs apart from them.
      columns={ordered.map((name) => `\u200b${name}`)}
      rows={rows.map((row, at) => ({ key: String(at), cells: ordered.map((name) => shown(row[name])) }))}
      empty={empty}
    />
  );
}

function shown(value: unknown) {
  if (value === undefined || value === null) return <span class="muted">–</span>;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
