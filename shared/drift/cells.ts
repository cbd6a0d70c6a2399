/** Rows of baseline and batch in one bin or category. */
export interface Cell {
  baseline: number;
  batch: number;
}

/** All rows of the cells, by side. */
export function total(cells: Cell[]): Cell {
  return cells.reduce(add, { baseline: 0, batch: 0 });
}

/** Joins neighbouring bins, equally many to each, so that at most so many are left. */
export function joinNeighbours(cells: Cell[], most: number): Cell[] {
  const size = Math.ceil(cells.length / most);
  return Array.from({ length: Math.ceil(cells.length / size) }, (_, i) => total(cells.slice(i * size, (i + 1) * size)));
}

/** Fewest rows that a test needs in each cell, as expected if both sides are alike. */
export interface Fewest {
  /** Of either side. */
  either: number;
  baseline: number;
}

/**
 * Joins each cell that expects too few rows with those after it. Only the sums of both sides decide what is joined, so
 * that a test of what comes out keeps its level.
 */
export function joinSparse(cells: Cell[], fewest: Fewest): Cell[] {
  const { baseline, batch } = total(cells);
  const share = baseline / (baseline + batch);
  const joined: Cell[] = [];
  let open: Cell = { baseline: 0, batch: 0 };
  for (const cell of cells) {
    open = add(open, cell);
    const [before, now] = [(open.baseline + open.batch) * share, (open.baseline + open.batch) * (1 - share)];
    if (Math.min(before, now) < fewest.either || before < fewest.baseline) continue;
    joined.push(open);
    open = { baseline: 0, batch: 0 };
  }
  const last = joined.pop();
  return [...joined, last ? add(last, open) : open];
}

function add(a: Cell, b: Cell): Cell {
  return { baseline: a.baseline + b.baseline, batch: a.batch + b.batch };
}
