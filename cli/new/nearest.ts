/** The name that is most like another, if any is like it at all. */
export function nearest(name: string, names: string[]): string | undefined {
  const wanted = name.toLowerCase();
  const ranked = names
    .map((other) => ({ other, distance: distance(wanted, other.toLowerCase()) }))
    .sort((one, two) => one.distance - two.distance);
  const [best] = ranked;
  return best && best.distance <= Math.max(2, wanted.length / 3) ? best.other : undefined;
}

/** How many letters must be put in, left out or changed to make one text of the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [place, letter] of [...one].entries()) {
    const next = [place + 1];
    for (const [index, wanted] of [...other].entries()) {
      const change = (row[index] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(change, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
