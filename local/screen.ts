import ora, { type Ora } from 'ora';

/** Where the start is told: a spinner on a terminal, plain lines elsewhere. */
export interface Screen {
  line(text: string): void;
  /** What goes on now; replaced by the next, dropped by a line. */
  now(text: string): void;
  clear(): void;
}

/** A screen over standard output. */
export function screen({ isTTY, columns } = process.stdout): Screen {
  // A terminal that tells no width, as one that a program opened, has no room for a spinner.
  const interactive = isTTY && columns > 0;
  let spinner: Ora | undefined;
  let said = '';
  const clear = () => {
    spinner?.stop();
    spinner = undefined;
  };
  return {
    clear,
    line(text) {
      clear();
      console.log(text);
    },
    now(text) {
      if (interactive) {
        spinner ??= ora({ discardStdin: false }).start();
        spinner.text = text;
      } else if (text !== said) console.log(`  … ${text}`);
      said = text;
    },
  };
}
