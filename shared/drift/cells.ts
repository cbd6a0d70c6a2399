/** Rows of baseline and batch in one bin or category. */
export interface Cell {
  baseline: number;
  batch: number;
}

/** Fewest rows that a cell must expect from the smaller side for chi-squared to hold (Cochran 1954, Biometrics 10:417). */
const FEWEST_EXPECTED = 5;

/** All rows of the cells, by side. */
export function total(cells: Cell[]): Cell {
  return cells.reduce(add, { baseline: 0, batch: 0 });
}

/** Joins neighbouring bins, equally many to each, so that at most so many are left. */
export function joinNeighbours(cells: Cell[], most: number): Cell[] {
  const size = Math.ceil(cells.length / most);
  return Array.from({ length: Math.ceil(cells.length / size) }, (_, i) => total(cells.slice(i * size, (i + 1) * size)));
}

/**
 * Joins each cell that expects too few rows for a chi-squared test with those after it. Only the sums of both sides
 * decide what is joined, so that the test keeps its level.
 */
export function joinSparse(cells: Cell[]): Cell[] {
  const { baseline, batch } = total(cells);
  const smaller = Math.min(baseline, batch) / (baseline + batch);
  const joined: Cell[] = [];
  let open: Cell = { baseline: 0, batch: 0 };
  for (const cell of cells) {
    open = add(open, cell);
    if ((open.baseline + open.batch) * smaller < FEWEST_EXPECTED) continue;
    joined.push(open);
    open = { baseline: 0, batch: 0 };
  }
  const last = joined.pop();
  return [...joined, last ? add(last, open) : open];
}

function add(a: Cell, b: Cell): Cell {
  return { baseline: a.baseline + b.baseline, batch: a.batch + b.batch };
}
