import { describe, expect, it } from 'vitest';
import { blockId, contiguous } from './dfs-files.ts';

describe('contiguous', () => {
  const block = (position: number, size: number) => ({ name: blockId(position), size });
  it.each([
    ['nothing', [], 0, 0, 0],
    ['pieces in any order', [block(8, 4), block(0, 8)], 0, 2, 12],
    ['pieces after what is there', [block(5, 3)], 5, 1, 8],
    ['a gap', [block(0, 4), block(8, 4)], 0, 1, 4],
    ['a piece before the end of what is there', [block(0, 4)], 5, 0, 5],
    ["another client's blocks", [{ name: Buffer.from('block-1').toString('base64'), size: 9 }], 0, 0, 0],
  ])('%s', (_, blocks, start, count, end) => {
    const found = contiguous(blocks, start);
    expect([found.ids.length, found.end]).toEqual([count, end]);
  });
});
