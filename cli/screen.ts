import ora, { type Ora } from 'ora';
import { json, plain } from './format/text.ts';

/** Where a command tells what it finds: in words, or as JSON. */
export interface Screen {
  isJson: boolean;
  /** Prints a value: as JSON, or by the lines that show it. */
  tell(value: unknown, lines: () => string[]): void;
  /** Prints one of many values that follow each other: as a line of JSON, or by its lines. */
  tellNext(value: unknown, lines: () => string[]): void;
  /** Prints a line for people alone. */
  line(text: string): void;
  /** What goes on now; replaced by the next, dropped by a line. */
  now(text: string): void;
  clear(): void;
}

/** The streams of a terminal, or of what stands in its place. */
export interface Streams {
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  /** Somebody watches: a spinner may turn. */
  isInteractive: boolean;
}

/** A screen over the standard streams. Nothing that it prints can do anything to a terminal but show. */
export function createScreen({ stdout, stderr, isInteractive }: Streams, isJson: boolean): Screen {
  let spinner: Ora | undefined;
  let said = '';
  const clear = () => {
    spinner?.stop();
    spinner = undefined;
  };
  const print = (text: string) => {
    clear();
    stdout.write(`${text}\n`);
  };
  const lines = (made: string[]) => made.forEach((line) => print(plain(line)));
  return {
    isJson,
    clear,
    tell: (value, made) => (isJson ? print(json(value, 2)) : lines(made())),
    tellNext: (value, made) => (isJson ? print(json(value)) : lines(made())),
    line: (text) => (isJson ? undefined : lines([text])),
    now(text) {
      if (isJson) return;
      if (isInteractive) {
        spinner ??= ora({ stream: stderr as NodeJS.WriteStream, discardStdin: false }).start();
        spinner.text = plain(text);
        return;
      }
      // Where nobody watches the elapsed time is left out, so that a line is printed only when something changed.
      const stable = plain(text)
        .replace(/ · [\d.]+ (s|min|h)[^·]*$/, '')
        .trimEnd();
      if (stable !== said) stdout.write(`  … ${stable}\n`);
      said = stable;
    },
  };
}
