import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { journalLoki } from './loki-journal.ts';

interface Things {
  insert(thing: object): void;
  update(thing: object): void;
  findOne(filter: object): object;
  findAndRemove(filter: object): void;
  find(filter?: object): { name: string; value: number }[];
}

interface Db {
  addCollection(name: string, options: object): Things;
  getCollection(name: string): Things | null;
  removeCollection(name: string): void;
  loadDatabase(options: object, done: (error?: Error) => void): void;
  saveDatabase(done: (error?: Error) => void): void;
}

const azurite = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js');
const Loki = createRequire(azurite)('lokijs') as { new (file: string, options: object): Db; prototype: never };
journalLoki(Loki.prototype);

describe('a LokiJS database with a journal', () => {
  const dir = () => {
    const made = mkdtempSync(join(tmpdir(), 'loki-'));
    onTestFinished(() => rmSync(made, { recursive: true }));
    return join(made, 'db.json');
  };
  const open = (file: string) => new Loki(file, { persistenceMethod: 'fs' });
  const save = (db: Db) =>
    new Promise<void>((resolve, reject) => db.saveDatabase((error) => (error ? reject(error) : resolve())));
  const reopen = async (file: string) => {
    const db = open(file);
    await new Promise<void>((resolve, reject) => db.loadDatabase({}, (error) => (error ? reject(error) : resolve())));
    return db;
  };
  const fill = async (file: string) => {
    const db = open(file);
    const things = db.addCollection('things', { indices: ['name'], unique: ['name'] });
    for (const name of ['a', 'b', 'c']) things.insert({ name, value: 1 });
    await save(db);
    return { db, things };
  };
  const seen = (db: Db, collection = 'things') =>
    db
      .getCollection(collection)
      ?.find()
      .map(({ name, value }) => `${name}${value}`);

  it('has what was written after it was last saved', async () => {
    const file = dir();
    const { db, things } = await fill(file);
    things.update(Object.assign(things.findOne({ name: 'a' }), { value: 2 }));
    things.findAndRemove({ name: 'b' });
    things.insert({ name: 'b', value: 3 });
    db.addCollection('more', { indices: ['name'] }).insert({ name: 'x', value: 9 });
    // Nothing is saved here: the process dies.
    const again = await reopen(file);
    expect(seen(again)).toEqual(['a2', 'c1', 'b3']);
    expect(seen(again, 'more')).toEqual(['x9']);
    expect(again.getCollection('things')?.find({ name: 'b' })).toHaveLength(1);
    again.getCollection('things')?.insert({ name: 'd', value: 4 });
    await save(again);
    expect(seen(await reopen(file))).toEqual(['a2', 'c1', 'b3', 'd4']);
  });

  it('forgets a collection that was removed', async () => {
    const file = dir();
    const { db } = await fill(file);
    db.removeCollection('things');
    expect((await reopen(file)).getCollection('things')).toBeNull();
  });

  it('does without a line that was cut off', async () => {
    const file = dir();
    const { things } = await fill(file);
    things.insert({ name: 'd', value: 1 });
    appendFileSync(`${file}.journal`, '\n{"collection":"thin');
    const again = await reopen(file);
    again.getCollection('things')?.insert({ name: 'e', value: 1 });
    expect(seen(await reopen(file))).toEqual(['a1', 'b1', 'c1', 'd1', 'e1']);
  });
});
