const STORED = 'landfall.key';

/** What the page knows of its key. */
export interface Session {
  key: string | undefined;
  /** The app has refused the key that was there before. */
  refused: boolean;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The function key of this browser tab: gone when the tab is closed, and never in an address. */
export interface KeyRing {
  current(): Session;
  keep(key: string): void;
  forget(): void;
  /** Puts away a key that the app refuses; one that has been replaced meanwhile stays. */
  refuse(key: string | undefined): void;
  subscribe(listener: () => void): () => void;
}

/** A key ring over a store that lasts as long as the tab. */
export function createKeyRing(store: Store): KeyRing {
  const listeners = new Set<() => void>();
  let session: Session = { key: store.getItem(STORED) ?? undefined, refused: false };
  const become = (next: Session) => {
    session = next;
    if (next.key === undefined) store.removeItem(STORED);
    else store.setItem(STORED, next.key);
    for (const listener of listeners) listener();
  };
  return {
    current: () => session,
    keep: (key) => become({ key, refused: false }),
    forget: () => become({ key: undefined, refused: false }),
    refuse(key) {
      if (key !== undefined && key === session.key) become({ key: undefined, refused: true });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The key in a fragment `#key=…`, as `npm start` prints it. */
export function keyInFragment(hash: string): string | undefined {
  return new URLSearchParams(/^#(key=.*)$/s.exec(hash)?.[1]).get('key') || undefined;
}
