import { describe, expect, it } from 'vitest';
import { PathLock, type Hold } from './path-lock.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('PathLock', () => {
  const tree = (path: string): Hold => ({ path, tree: true });
  it.each<[string, Hold, boolean, Hold, boolean, boolean]>([
    ['two readers of one path', { path: 'fs/a' }, false, { path: 'fs/a' }, false, true],
    ['a reader and a writer of one path', { path: 'fs/a' }, false, { path: 'fs/a' }, true, false],
    ['writers of two paths', { path: 'fs/a' }, true, { path: 'fs/b' }, true, true],
    ['a writer below a directory that is looked at', { path: 'fs/a' }, false, { path: 'fs/a/b' }, true, true],
    ['a writer below a directory that is moved', tree('fs/a'), true, { path: 'fs/a/b' }, false, false],
    ['a mover above a file that is written', { path: 'fs/a/b' }, true, tree('fs/a'), true, false],
    ['a mover of a directory whose name begins alike', tree('fs/a'), true, { path: 'fs/ab/c' }, true, true],
  ])('%s', async (_, one, oneAlone, other, otherAlone, together) => {
    const lock = new PathLock();
    const release = await lock.take([one], oneAlone);
    let began = false;
    void lock.take([other], otherAlone).then(() => (began = true));
    await settle();
    expect(began).toBe(together);
    release();
    await settle();
    expect(began).toBe(true);
  });

  it('serves first who came first', async () => {
    const lock = new PathLock();
    const release = await lock.take([{ path: 'fs/a' }], false);
    const order: string[] = [];
    const writer = lock.take([{ path: 'fs/a' }], true).then((done) => (order.push('writer'), done()));
    const reader = lock.take([{ path: 'fs/a' }], false).then((done) => (order.push('reader'), done()));
    release();
    await Promise.all([writer, reader]);
    expect(order).toEqual(['writer', 'reader']);
  });
});
