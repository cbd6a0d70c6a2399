import { useState } from 'preact/hooks';
import './pager.css';

/** The way through pages of which each tells where the next begins. */
export interface Pages {
  /** Where the page that is shown begins; undefined for the first. */
  continuation: string | undefined;
  number: number;
  older: (continuation: string) => void;
  newer: () => void;
}

/** Keeps the way that was gone, so that it can be gone back; it begins anew when what is listed changes. */
export function usePages(listed: string): Pages {
  const [way, setWay] = useState<{ listed: string; starts: string[] }>({ listed, starts: [] });
  const starts = way.listed === listed ? way.starts : [];
  return {
    continuation: starts.at(-1),
    number: starts.length + 1,
    older: (continuation) => setWay({ listed, starts: [...starts, continuation] }),
    newer: () => setWay({ listed, starts: starts.slice(0, -1) }),
  };
}

/** Buttons to newer and older pages; nothing where one page has it all. */
export function Pager({ pages, next, what }: { pages: Pages; next: string | undefined; what: string }) {
  if (pages.number === 1 && next === undefined) return null;
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <button type="button" disabled={pages.number === 1} onClick={pages.newer}>
        ← Newer
      </button>
      <span>Page {pages.number.toLocaleString('en')}</span>
      <button type="button" disabled={next === undefined} onClick={() => next !== undefined && pages.older(next)}>
        Older →
      </button>
    </nav>
  );
}
