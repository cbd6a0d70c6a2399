import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { KubeObject } from './kube-object.ts';

export interface StoreEvent {
  revision: number;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resource: string;
  object: KubeObject;
  previous: KubeObject | undefined;
}

// As many changes as a watch may be behind before it gets 410 Expired; the real server keeps about five minutes.
const HISTORY = 2000;

/** Objects and their recent changes: read from memory, written through to SQLite before anybody is told. */
export class Store {
  readonly #database: DatabaseSync;
  readonly #statements: Record<'put' | 'drop' | 'log' | 'trim', StatementSync>;
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #events: StoreEvent[] = [];
  revision = 100;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS objects (resource TEXT, key TEXT, body TEXT, PRIMARY KEY (resource, key)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS events (revision INTEGER PRIMARY KEY, type TEXT, resource TEXT, body TEXT, previous TEXT);`);
    this.#statements = {
      put: this.#database.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?)'),
      drop: this.#database.prepare('DELETE FROM objects WHERE resource = ? AND key = ?'),
      log: this.#database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)'),
      trim: this.#database.prepare('DELETE FROM events WHERE revision < ?'),
    };
    this.#load();
  }

  /** The oldest revision that a watch can start from. */
  get compacted(): number {
    return (this.#events[0]?.revision ?? this.revision + 1) - 1;
  }

  get isNew(): boolean {
    return this.#events.length === 0;
  }

  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#collection(resource).get(`${namespace ?? ''}/${name}`);
  }

  /** In the order of their keys, as etcd has them; of an earlier revision if its history is still there. */
  list(resource: string, namespace?: string, revision = this.revision): KubeObject[] {
    const found = new Map(this.#collection(resource));
    for (let i = this.#events.length - 1; i >= 0 && (this.#events[i]?.revision ?? 0) > revision; i--) {
      const event = this.#events[i];
      if (event?.resource !== resource) continue;
      if (event.previous) found.set(keyOf(event.object), event.previous);
      else found.delete(keyOf(event.object));
    }
    return [...found.keys()]
      .filter((key) => namespace === undefined || key.startsWith(`${namespace}/`))
      .sort()
      .map((key) => found.get(key) as KubeObject);
  }

  all(): [resource: string, object: KubeObject][] {
    return [...this.#objects].flatMap(([resource, objects]) =>
      [...objects.values()].map((object) => [resource, object] as [string, KubeObject]),
    );
  }

  /** Stores the object under a new revision. */
  put(resource: string, object: KubeObject): KubeObject {
    const previous = this.get(resource, object.metadata.namespace, object.metadata.name);
    return this.#commit(resource, previous ? 'MODIFIED' : 'ADDED', object, previous);
  }

  /** Removes the object; its last state gets a revision too. */
  remove(resource: string, object: KubeObject): KubeObject {
    const previous = this.get(resource, object.metadata.namespace, object.metadata.name);
    return this.#commit(resource, 'DELETED', object, previous);
  }

  since(revision: number): StoreEvent[] {
    return this.#events.filter((event) => event.revision > revision);
  }

  listen(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#database.close();
  }

  /** Forgets the history up to now, save for the last change, which tells the revision after a restart. */
  compact(keep = 1): void {
    this.#events = this.#events.slice(-keep);
    this.#statements.trim.run(this.#events[0]?.revision ?? 0);
  }

  #commit(
    resource: string,
    type: StoreEvent['type'],
    object: KubeObject,
    previous: KubeObject | undefined,
  ): KubeObject {
    const revision = this.revision + 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    const body = JSON.stringify(stored);
    this.#transaction(() => {
      if (type === 'DELETED') this.#statements.drop.run(resource, keyOf(stored));
      else this.#statements.put.run(resource, keyOf(stored), body);
      this.#statements.log.run(revision, type, resource, body, previous ? JSON.stringify(previous) : null);
    });
    this.revision = revision;
    if (type === 'DELETED') this.#collection(resource).delete(keyOf(stored));
    else this.#collection(resource).set(keyOf(stored), stored);
    const event = { revision, type, resource, object: stored, previous };
    this.#events.push(event);
    if (this.#events.length > HISTORY * 1.5) this.compact(HISTORY);
    for (const listener of [...this.#listeners]) listener(event);
    return stored;
  }

  #transaction(write: () => void): void {
    this.#database.exec('BEGIN');
    try {
      write();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #load(): void {
    for (const row of this.#database.prepare('SELECT resource, body FROM objects').all()) {
      const object = JSON.parse(row['body'] as string) as KubeObject;
      this.#collection(row['resource'] as string).set(keyOf(object), object);
    }
    this.#events = this.#database
      .prepare('SELECT * FROM events ORDER BY revision')
      .all()
      .map((row) => ({
        revision: row['revision'] as number,
        type: row['type'] as StoreEvent['type'],
        resource: row['resource'] as string,
        object: JSON.parse(row['body'] as string) as KubeObject,
        previous: row['previous'] ? (JSON.parse(row['previous'] as string) as KubeObject) : undefined,
      }));
    this.revision = this.#events.at(-1)?.revision ?? this.revision;
  }

  #collection(resource: string): Map<string, KubeObject> {
    let found = this.#objects.get(resource);
    if (!found) this.#objects.set(resource, (found = new Map()));
    return found;
  }
}

const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`;
