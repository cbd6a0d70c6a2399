import { Icon } from './icon.tsx';
import { lookOf, wordsOf } from './status.ts';
import './chip.css';

/** A status: words, a shape and a colour. */
export function Chip({ status, words }: { status: string; words?: string }) {
  const { tone, icon } = lookOf(status);
  return (
    <span class={`chip tone-${tone}`}>
      <Icon name={icon} />
      {words ?? wordsOf(status)}
    </span>
  );
}
