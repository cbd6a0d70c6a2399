import { useContext, useState } from 'preact/hooks';
import { Announce } from './announcer.tsx';
import { Icon } from './icon.tsx';

/** Copies a text, and says so; where the browser does not allow it the text can be selected. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const announce = useContext(Announce);
  const [words, setWords] = useState('Copy');
  const say = (said: string, spoken: string) => {
    setWords(said);
    announce(spoken);
  };
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => say('Copied', `${what} is copied`),
      () => say('Select it', `The browser does not let the page copy: select ${what} by hand`),
    );
  return (
    <button type="button" class="quiet" aria-label={`${words}: ${what}`} onClick={() => void copy()}>
      <Icon name="copy" />
      {words}
    </button>
  );
}
