import { expect, test } from 'vitest';
import { selectNext, type SelectOptions } from './select-next.ts';
import { take, takenUpTo, type ContainerFile, type Taken } from './taken.ts';

const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 12, 0, second));
const file = (name: string, second: number): ContainerFile => ({
  name,
  eTag: `${second}`,
  size: 1,
  modifiedAt: at(second).toISOString(),
});
async function* listed(files: ContainerFile[]) {
  yield* files;
}
const names = ({ files }: { files: ContainerFile[] }) => files.map(({ name }) => name);
function takenOf(...files: ContainerFile[]): Taken {
  const taken = takenUpTo(undefined);
  for (const one of files) take(taken, one);
  return taken;
}
const select = (files: ContainerFile[], over: Partial<SelectOptions> = {}) =>
  selectNext(listed(files), { taken: takenUpTo(undefined), settled: at(10), limit: 10, ...over });

test('files are taken in order of time, then of name, whatever the order of the listing', async () => {
  const found = await select([file('c', 1), file('b', 3), file('a', 3)]);
  expect(names(found)).toEqual(['c', 'a', 'b']);
  expect(found.isPartial).toBe(false);
});

test('what was taken is not taken again, and what was written over it or renamed before it is', async () => {
  const taken = takenOf(file('d', 2), file('b', 3));
  const files = [file('a', 1), file('b', 3), file('c', 3), file('d', 2), file('e', 5)];
  expect(names(await select(files, { taken }))).toEqual(['a', 'c', 'e']);
  expect(names(await select([file('b', 4)], { taken }))).toEqual(['b']);
});

test('what was written just now waits, and is not forgotten', async () => {
  const files = [file('a', 8), file('b', 10)];
  expect(await select(files, { settled: at(8) })).toMatchObject({ files: [{ name: 'a' }], isPartial: true });
  const second = await select([...files, file('0', 10)], { taken: takenOf(file('a', 8)), settled: at(13) });
  expect(second).toMatchObject({ files: [{ name: '0' }, { name: 'b' }], isPartial: false });
});

test('of many the first ones come first, and all come, each once', async () => {
  const files = Array.from({ length: 95 }, (_, index) => file(`f${index}`, (index * 37) % 50));
  const taken = takenUpTo(undefined);
  const seen: string[] = [];
  for (;;) {
    const found = await select(files, { taken, settled: at(59) });
    expect(found.files.length).toBeLessThanOrEqual(10);
    seen.push(...names(found));
    for (const one of found.files) take(taken, one);
    if (!found.isPartial) break;
  }
  expect(new Set(seen).size).toBe(95);
  expect(seen).toHaveLength(95);
});

test('what cannot be taken holds up nothing, however much it is, and some of it is told', async () => {
  const odd = Array.from({ length: 50 }, (_, index) => file(`odd${index}`, 1));
  const refusal = ({ name }: ContainerFile) =>
    name.startsWith('odd') ? { reason: 'NotClaimed', message: name, hint: 'h' } : undefined;
  const found = await select([...odd, file('a', 2)], { limit: 3, refusal, refusedLimit: 5 });
  expect(found).toMatchObject({ files: [{ name: 'a' }], isPartial: false });
  expect(found.refused.map(({ message }) => message)).toEqual(['odd0', 'odd1', 'odd2', 'odd3', 'odd4']);
  const later = await select(odd, { taken: takenOf(file('a', 2)) });
  expect(later.files).toHaveLength(10);
});

test('nothing new is nothing', async () => {
  expect(await select([file('a', 1)], { taken: takenOf(file('a', 1)) })).toEqual({
    files: [],
    isPartial: false,
    refused: [],
  });
});
