import { useRef } from 'preact/hooks';

/**
 * An Idempotency-Key for each filling of a form: asked again after no answer came, the app starts nothing twice. What is
 * filled in otherwise has another key.
 */
export function useOnceKey(filling: string): string {
  const kept = useRef<{ filling: string; key: string }>();
  if (kept.current?.filling !== filling) kept.current = { filling, key: randomKey() };
  return kept.current.key;
}

/** `crypto.randomUUID` is not there where the page comes over plain http. */
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
