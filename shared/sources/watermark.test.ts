import { expect, test } from 'vitest';
import { selectNext, watermarkOf, type ContainerFile } from './watermark.ts';

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

test('files are taken in order of time, then of name, whatever the order of the listing', async () => {
  const found = await selectNext(listed([file('c', 1), file('b', 3), file('a', 3)]), undefined, at(10), 10);
  expect(names(found)).toEqual(['c', 'a', 'b']);
  expect(found.isPartial).toBe(false);
});

test('what was taken is not taken again, and what was written over it is', async () => {
  const taken = watermarkOf(file('b', 3));
  const found = await selectNext(
    listed([file('a', 3), file('b', 3), file('c', 3), file('d', 2), file('e', 5)]),
    taken,
    at(10),
    10,
  );
  expect(names(found)).toEqual(['c', 'e']);
  expect(names(await selectNext(listed([file('b', 4)]), taken, at(10), 10))).toEqual(['b']);
});

test('what was written just now waits, and is not forgotten', async () => {
  const files = [file('a', 8), file('b', 10)];
  const first = await selectNext(listed(files), undefined, at(8), 10);
  expect(first).toMatchObject({ files: [{ name: 'a' }], isPartial: true });
  const second = await selectNext(listed([...files, file('0', 10)]), watermarkOf(file('a', 8)), at(13), 10);
  expect(second).toMatchObject({ files: [{ name: '0' }, { name: 'b' }], isPartial: false });
});

test('of many the first ones come first, and all come, each once', async () => {
  const files = Array.from({ length: 95 }, (_, index) => file(`f${index}`, (index * 37) % 50));
  const seen: string[] = [];
  for (let watermark; ;) {
    const found = await selectNext(listed(files), watermark, at(59), 10);
    expect(found.files.length).toBeLessThanOrEqual(10);
    seen.push(...names(found));
    const last = found.files.at(-1);
    if (last) watermark = watermarkOf(last);
    if (!found.isPartial) break;
  }
  expect(new Set(seen).size).toBe(95);
  expect(seen).toHaveLength(95);
});

test('nothing new is nothing', async () => {
  expect(await selectNext(listed([file('a', 1)]), watermarkOf(file('a', 1)), at(9), 10)).toEqual({
    files: [],
    isPartial: false,
  });
});
