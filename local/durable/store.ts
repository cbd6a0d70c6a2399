import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { executionStarted, type HistoryEvent, type ParentInstance, type Start } from './history.ts';

const OVER = ['Completed', 'Failed', 'Terminated', 'Canceled'] as const;
/** The states of an orchestration instance. */
export const STATUSES = ['Pending', 'Running', 'Suspended', 'ContinuedAsNew', ...OVER] as const;
/** One state of an orchestration instance. */
export type Status = (typeof STATUSES)[number];
/** Tells whether an instance in this state is over. */
export const isOver = (status: Status): boolean => OVER.some((each) => each === status);

/** One instance as stored; input, custom status and parent are JSON text, output may be plain text. */
export interface Instance {
  id: string;
  executionId: string;
  name: string;
  version: string | null;
  parent: string | null;
  generation: number;
  status: Status;
  input: string | null;
  output: string | null;
  customStatus: string | null;
  createdAt: number;
  updatedAt: number;
}

/** An event on its way to an instance; the start of a later generation is marked. */
export interface Message {
  seq: number;
  executionId: string | null;
  event: HistoryEvent;
  isContinued: boolean;
}

/** A scheduled call of an activity; input is JSON text. */
export interface ActivityTask {
  id: number;
  instanceId: string;
  executionId: string;
  taskId: number;
  name: string;
  input: string | null;
}

/** Which instances to list, from an id on; times are epoch milliseconds. */
export interface Filter {
  startAt: string;
  prefix: string;
  statuses: Status[];
  from: number;
  to: number;
  limit: number;
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS instances (
    id TEXT PRIMARY KEY, executionId TEXT NOT NULL, name TEXT NOT NULL, version TEXT, parent TEXT, generation INTEGER NOT NULL,
    status TEXT NOT NULL, input TEXT, output TEXT, customStatus TEXT, createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS history (instanceId TEXT, seq INTEGER, event TEXT, PRIMARY KEY (instanceId, seq)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, instanceId TEXT, executionId TEXT, due INTEGER, event TEXT, isContinued INTEGER);
  CREATE INDEX IF NOT EXISTS messagesByInstance ON messages (instanceId, due, seq);
  CREATE INDEX IF NOT EXISTS messagesByDue ON messages (due);
  CREATE TABLE IF NOT EXISTS activities (
    id INTEGER PRIMARY KEY AUTOINCREMENT, instanceId TEXT, executionId TEXT, taskId INTEGER, name TEXT, input TEXT);
  CREATE INDEX IF NOT EXISTS activitiesByInstance ON activities (instanceId)`;

/** What the engine keeps on disk. */
export type Store = ReturnType<typeof openStore>;

/** Opens the task hub's database; changes that belong together go through `transaction`. */
export function openStore(dataDir: string, hubName: string) {
  mkdirSync(dataDir, { recursive: true });
  const db = new DatabaseSync(join(dataDir, `durable-${hubName}.sqlite`));
  db.exec(SCHEMA);
  const prepared = new Map<string, StatementSync>();
  const sql = (text: string): StatementSync => {
    const statement = prepared.get(text) ?? db.prepare(text);
    prepared.set(text, statement);
    return statement;
  };
  const run = (text: string, ...values: SQLInputValue[]) => sql(text).run(...values);
  const all = <T>(text: string, ...values: SQLInputValue[]) => sql(text).all(...values) as T[];
  const parse = (event: string): HistoryEvent => JSON.parse(event) as HistoryEvent;

  const store = {
    transaction(work: () => void): void {
      db.exec('BEGIN IMMEDIATE');
      try {
        work();
        db.exec('COMMIT');
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    },
    instance: (id: string) => all<Instance>('SELECT * FROM instances WHERE id = ?', id)[0],
    list: ({ startAt, prefix, statuses, from, to, limit }: Filter) =>
      all<Instance>(
        `SELECT * FROM instances WHERE id >= ? AND substr(id, 1, ?) = ? AND createdAt BETWEEN ? AND ?
         AND status IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?`,
        ...[startAt, prefix.length, prefix, from, to, JSON.stringify(statuses), limit],
      ),
    history: (id: string) =>
      all<{ event: string }>('SELECT event FROM history WHERE instanceId = ? ORDER BY seq', id).map((row) =>
        parse(row.event),
      ),
    append(id: string, from: number, events: HistoryEvent[]): void {
      for (const [index, event] of events.entries()) {
        run('INSERT INTO history VALUES (?, ?, ?)', id, from + index, JSON.stringify(event));
      }
    },
    /** Begins an execution under an id in place of what was there; a later generation keeps the events not yet read. */
    begin(start: Start, generation: number, at: Date, isContinued = false): void {
      const { instanceId: id, executionId, name, version, input } = start;
      const parent = start.parent && JSON.stringify(start.parent);
      const now = at.getTime();
      store.forget(id, isContinued);
      run(
        'INSERT INTO instances VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?)',
        ...[id, executionId, name, version, parent, generation, isContinued ? 'Running' : 'Pending', input, now, now],
      );
      store.post(id, executionId, executionStarted(start, at), now, isContinued);
    },
    update: ({ status, output, customStatus, updatedAt, id }: Instance) =>
      run(
        'UPDATE instances SET status = ?, output = ?, customStatus = ?, updatedAt = ? WHERE id = ?',
        ...[status, output, customStatus, updatedAt, id],
      ),
    forget(id: string, keepsEvents = false): void {
      run('DELETE FROM history WHERE instanceId = ?', id);
      run('DELETE FROM activities WHERE instanceId = ?', id);
      run('DELETE FROM messages WHERE instanceId = ? AND (executionId IS NOT NULL OR NOT ?)', id, Number(keepsEvents));
      run('DELETE FROM instances WHERE id = ?', id);
    },
    post(id: string, executionId: string | null, event: HistoryEvent, due: number, isContinued = false): void {
      run(
        'INSERT INTO messages VALUES (NULL, ?, ?, ?, ?, ?)',
        ...[id, executionId, due, JSON.stringify(event), Number(isContinued)],
      );
    },
    messages: (id: string, now: number) =>
      all<{ seq: number; executionId: string | null; event: string; isContinued: number }>(
        'SELECT * FROM messages WHERE instanceId = ? AND due <= ? ORDER BY due, seq',
        ...[id, now],
      ).map((row): Message => ({ ...row, event: parse(row.event), isContinued: row.isContinued === 1 })),
    remove(messages: Message[]): void {
      for (const { seq } of messages) run('DELETE FROM messages WHERE seq = ?', seq);
    },
    /** The instances with messages that are due, earliest first. */
    due: (now: number) =>
      all<{ id: string }>(
        'SELECT instanceId AS id FROM messages WHERE due <= ? GROUP BY id ORDER BY MIN(due)',
        now,
      ).map((row) => row.id),
    nextDue: (now: number) =>
      all<{ at: number | null }>('SELECT MIN(due) AS at FROM messages WHERE due > ?', now)[0]?.at ?? undefined,
    activities: () => all<ActivityTask>('SELECT * FROM activities ORDER BY id'),
    schedule(task: Omit<ActivityTask, 'id'>): ActivityTask {
      const { instanceId, executionId, taskId, name, input } = task;
      const added = run(
        'INSERT INTO activities VALUES (NULL, ?, ?, ?, ?, ?)',
        ...[instanceId, executionId, taskId, name, input],
      );
      return { ...task, id: Number(added.lastInsertRowid) };
    },
    /** Takes a call off the list; false when it is not there any more. */
    finish: ({ id }: ActivityTask) => run('DELETE FROM activities WHERE id = ?', id).changes > 0,
    close: () => {
      db.close();
    },
  };
  return store;
}

/** Who waits for an instance. */
export const parentOf = ({ parent }: Instance): ParentInstance | null =>
  parent === null ? null : (JSON.parse(parent) as ParentInstance);
