import { useEffect, useState } from 'preact/hooks';
import { keyRing } from '../api/client.ts';
import { keyInFragment } from '../api/session.ts';
import { hashOf, parseHash, type Place } from './hash.ts';

/** Takes a key out of the address bar, where it would be seen and kept in the history. */
export function takeKey(): void {
  const key = keyInFragment(location.hash);
  if (key === undefined) return;
  history.replaceState(null, '', '#/');
  keyRing.keep(key);
}

/** Where the page is, as the address changes. */
export function usePlace(): Place {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const look = () => {
      takeKey();
      setHash(location.hash);
    };
    addEventListener('hashchange', look);
    return () => removeEventListener('hashchange', look);
  }, []);
  return parseHash(hash);
}

/** Goes to another place of the page. */
export function go(segments: string[], query: Record<string, string | undefined> = {}): void {
  location.hash = hashOf(segments, query);
}

/** Changes the query of the place without a step in the history. */
export function replaceQuery(segments: string[], query: Record<string, string | undefined>): void {
  history.replaceState(null, '', hashOf(segments, query));
  dispatchEvent(new HashChangeEvent('hashchange'));
}
