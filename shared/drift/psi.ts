import { total } from './cells.ts';
import type { Cell } from './cells.ts';

/**
 * Rows added to each cell of both sides: without them one empty cell makes the index infinite. A half is the Jeffreys
 * prior of a multinomial (Krichevsky and Trofimov 1981); against some hundred rows it does not show.
 */
const ADDED = 0.5;

/** Population stability index, `Σ (batch - baseline) · ln(batch / baseline)` of shares; plain, and infinite at an empty cell, with 0 rows added. */
export function psi(cells: Cell[], added = ADDED): number {
  const seen = cells.filter(({ baseline, batch }) => baseline + batch > 0);
  const all = total(seen);
  const share = (rows: number, of: number) => (rows + added) / (of + added * seen.length);
  return seen.reduce((sum, cell) => {
    const [baseline, batch] = [share(cell.baseline, all.baseline), share(cell.batch, all.batch)];
    return sum + (batch - baseline) * Math.log(batch / baseline);
  }, 0);
}
