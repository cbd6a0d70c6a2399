import { CopyButton } from './copy-button.tsx';
import './command.css';

/** A command to be run elsewhere. */
export function Command({ text, what }: { text: string; what: string }) {
  return (
    <div class="command">
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </div>
  );
}
