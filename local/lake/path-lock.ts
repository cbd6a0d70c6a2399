/** A path, or a path with all below it, that a request holds. */
export interface Hold {
  path: string;
  tree?: boolean;
}

interface Entry {
  holds: Hold[];
  exclusive: boolean;
  start: () => void;
  started: boolean;
}

/**
 * Keeps requests on overlapping paths apart: any number may share, one may have a path to itself, first come first
 * served. So a directory that is renamed is seen whole at one place or at the other.
 */
export class PathLock {
  readonly #entries: Entry[] = [];

  /** Waits for the paths, all at once; returns what gives them back. */
  async take(holds: Hold[], exclusive: boolean): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers();
    const entry: Entry = { holds, exclusive, start: () => resolve(undefined), started: false };
    this.#entries.push(entry);
    this.#startFree();
    await promise;
    return () => this.#giveBack(entry);
  }

  #giveBack(entry: Entry): void {
    const index = this.#entries.indexOf(entry);
    if (index < 0) return;
    this.#entries.splice(index, 1);
    this.#startFree();
  }

  #startFree(): void {
    this.#entries.forEach((entry, index) => {
      if (entry.started || this.#entries.slice(0, index).some((earlier) => conflict(earlier, entry))) return;
      entry.started = true;
      entry.start();
    });
  }
}

function conflict(one: Entry, other: Entry): boolean {
  if (!one.exclusive && !other.exclusive) return false;
  return one.holds.some((a) => other.holds.some((b) => a.path === b.path || covers(a, b) || covers(b, a)));
}

function covers(outer: Hold, inner: Hold): boolean {
  return outer.tree === true && inner.path.startsWith(`${outer.path}/`);
}
