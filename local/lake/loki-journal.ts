import { appendFileSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';

type Document = Record<string, unknown> & { $loki: number };

interface Collection {
  name: string;
  data: Document[];
  maxId: number;
  constraints: { unique: Record<string, unknown> };
  on(events: string[], listener: (document: Document) => void): void;
  ensureId(): void;
  ensureAllIndexes(force: boolean): void;
}

interface Database {
  filename: string;
  autosaveInterval: number;
  getCollection(name: string): Collection | null;
  addCollection(name: string, options?: object): Collection;
  removeCollection(name: string): void;
  loadDatabase(options: object, done: (error?: Error) => void): void;
  saveDatabaseInternal(done?: (error?: Error) => void): void;
  autosaveEnable(...args: unknown[]): void;
}

interface Line {
  collection: string;
  put?: Document;
  gone?: number;
  made?: object;
  dropped?: true;
}

const SAVE_MS = 60_000;

/**
 * Makes LokiJS databases keep a journal. Azurite holds its metadata in them and writes each whole, every few seconds:
 * without a journal a crash takes what was acknowledged since. With one the whole needs to be written less often.
 */
export function journalLoki(prototype: Database): void {
  const { addCollection, removeCollection, loadDatabase, saveDatabaseInternal, autosaveEnable } = prototype;
  const replaying = new WeakSet<Database>();
  const note = (db: Database, line: Line) => {
    if (!replaying.has(db)) appendFileSync(`${db.filename}.journal`, `\n${JSON.stringify(line)}`);
  };

  prototype.addCollection = function (this: Database, collection, options = {}) {
    if (!this.getCollection(collection)) note(this, { collection, made: options });
    const added = addCollection.call(this, collection, options);
    added.on(['insert', 'update'], (put) => note(this, { collection, put }));
    added.on(['delete'], ({ $loki }) => note(this, { collection, gone: $loki }));
    return added;
  };
  prototype.removeCollection = function (this: Database, collection) {
    note(this, { collection, dropped: true });
    removeCollection.call(this, collection);
  };
  prototype.loadDatabase = function (this: Database, options, done) {
    replaying.add(this);
    loadDatabase.call(this, options, (error) => {
      if (!error) replay(this);
      replaying.delete(this);
      done(error);
    });
  };
  prototype.saveDatabaseInternal = function (this: Database, done) {
    const journal = `${this.filename}.journal`;
    // What is written from here on belongs to the next save.
    if (existsSync(`${journal}.saving`))
      appendFileSync(`${journal}.saving`, existsSync(journal) ? readFileSync(journal) : '');
    else if (existsSync(journal)) renameSync(journal, `${journal}.saving`);
    rmSync(journal, { force: true });
    saveDatabaseInternal.call(this, (error) => {
      if (!error) rmSync(`${journal}.saving`, { force: true });
      if (done) done(error);
      else if (error) throw error;
    });
  };
  prototype.autosaveEnable = function (this: Database, ...args) {
    this.autosaveInterval = SAVE_MS;
    autosaveEnable.apply(this, args);
  };
}

function replay(db: Database): void {
  const changed = new Map<Collection, Map<number, Document>>();
  for (const { collection: name, put, gone, made, dropped } of readJournal(db.filename)) {
    if (dropped) db.removeCollection(name);
    const collection = db.getCollection(name) ?? (made && db.addCollection(name, made));
    if (!collection) continue;
    const documents = changed.get(collection) ?? new Map(collection.data.map((document) => [document.$loki, document]));
    changed.set(collection, documents);
    if (put) documents.set(put.$loki, put);
    if (gone !== undefined) documents.delete(gone);
  }
  for (const [collection, documents] of changed) {
    collection.data = [...documents.values()].sort((a, b) => a.$loki - b.$loki);
    collection.maxId = Math.max(collection.maxId, collection.data.at(-1)?.$loki ?? 0);
    collection.constraints.unique = {};
    collection.ensureId();
    collection.ensureAllIndexes(true);
  }
}

function readJournal(filename: string): Line[] {
  const texts = ['.journal.saving', '.journal'].map((suffix) =>
    existsSync(filename + suffix) ? readFileSync(filename + suffix, 'utf8') : '',
  );
  return texts.flatMap((text) => text.split('\n').flatMap(parseLine));
}

/** A line that was cut off by a crash was not acknowledged. */
function parseLine(text: string): Line[] {
  try {
    return text === '' ? [] : [JSON.parse(text) as Line];
  } catch {
    return [];
  }
}
