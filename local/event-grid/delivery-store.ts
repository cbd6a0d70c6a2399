import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { GridEvent } from './event-shapes.ts';
import type { Subscription } from './subscription.ts';

/** An event on its way to a subscription. */
export interface Delivery {
  id: number;
  event: GridEvent;
  publishedAt: number;
  attempts: number;
}

/** A subscription as it is kept: what is code of this process is not. */
export type KeptSubscription = Omit<Subscription, 'deadLetter'>;

/** What Event Grid has taken and not delivered yet, with its subscriptions and counts. */
export class DeliveryStore {
  readonly #db: DatabaseSync;

  constructor(dataDir: string) {
    mkdirSync(dataDir, { recursive: true });
    this.#db = new DatabaseSync(join(dataDir, 'event-grid.sqlite'));
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS deliveries (id INTEGER PRIMARY KEY AUTOINCREMENT, subscription TEXT NOT NULL, event TEXT NOT NULL,
        publishedAt INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL);
      CREATE INDEX IF NOT EXISTS dueDeliveries ON deliveries (subscription, due, id);
      CREATE TABLE IF NOT EXISTS subscriptions (name TEXT PRIMARY KEY, value TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, value INTEGER NOT NULL);`);
  }

  /** Runs writes as one. */
  atOnce(write: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      write();
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  add(subscription: string, event: GridEvent, publishedAt: number, due: number): void {
    this.#run(
      'INSERT INTO deliveries (subscription, event, publishedAt, due) VALUES (?, ?, ?, ?)',
      subscription,
      JSON.stringify(event),
      publishedAt,
      due,
    );
  }

  due(subscription: string, now: number, limit: number): Delivery[] {
    const sql =
      'SELECT id, event, publishedAt, attempts FROM deliveries WHERE subscription = ? AND due <= ? ORDER BY due, id LIMIT ?';
    const rows = this.#db.prepare(sql).all(subscription, now, limit) as unknown as (Delivery & { event: string })[];
    return rows.map((row) => ({ ...row, event: JSON.parse(row.event) as GridEvent }));
  }

  nextDue(subscription: string, after: number): number | undefined {
    const sql = 'SELECT MIN(due) AS due FROM deliveries WHERE subscription = ? AND due > ?';
    return (this.#db.prepare(sql).get(subscription, after) as { due: number | null }).due ?? undefined;
  }

  later(id: number, attempts: number, due: number): void {
    this.#run('UPDATE deliveries SET attempts = ?, due = ? WHERE id = ?', attempts, due, id);
  }

  remove(id: number): void {
    this.#run('DELETE FROM deliveries WHERE id = ?', id);
  }

  count(name: string, by = 1): void {
    this.#run('INSERT INTO counts VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value', name, by);
  }

  counts(): Record<string, number> {
    const rows = this.#db.prepare('SELECT name, value FROM counts').all() as { name: string; value: number }[];
    const { waiting } = this.#db.prepare('SELECT COUNT(*) AS waiting FROM deliveries').get() as { waiting: number };
    return { ...Object.fromEntries(rows.map(({ name, value }) => [name, value])), waiting };
  }

  subscriptions(): KeptSubscription[] {
    const rows = this.#db.prepare('SELECT value FROM subscriptions').all() as { value: string }[];
    return rows.map(({ value }) => JSON.parse(value) as KeptSubscription);
  }

  /** Keeps these subscriptions and no others, nor what was on its way to others. */
  keep(subscriptions: KeptSubscription[]): void {
    this.atOnce(() => {
      this.#run('DELETE FROM subscriptions');
      for (const one of subscriptions)
        this.#run('INSERT INTO subscriptions VALUES (?, ?)', one.name, JSON.stringify(one));
      this.#run('DELETE FROM deliveries WHERE subscription NOT IN (SELECT name FROM subscriptions)');
    });
  }

  close(): void {
    this.#db.close();
  }

  #run(sql: string, ...values: (string | number)[]): void {
    this.#db.prepare(sql).run(...values);
  }
}
