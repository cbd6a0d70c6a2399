import { InvalidArgumentError } from 'commander';

/** Reads a whole number that is at least so large. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && text.trim() !== '') return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} on.`);
  };
}

/** Reads an option that may come several times. */
export function several(text: string, before: string[] = []): string[] {
  return [...before, text];
}

/** Parameters by stage. */
export type Parameters = Partial<Record<'process' | 'train', Record<string, string | number | boolean>>>;

/** Reads STAGE.NAME=VALUE; a value is a number or true or false where it looks like one, else text. */
export function parameter(text: string, before: Parameters = {}): Parameters {
  const [, stage, name, value] = /^(process|train)\.([A-Za-z][A-Za-z0-9]*)=(.*)$/s.exec(text) ?? [];
  if (stage === undefined || name === undefined || value === undefined)
    throw new InvalidArgumentError('Expected process.NAME=VALUE or train.NAME=VALUE, such as train.epochs=30.');
  const of = stage as 'process' | 'train';
  return { ...before, [of]: { ...before[of], [name]: scalar(value) } };
}

/** In quotes it is text whatever it looks like. */
function scalar(text: string): string | number | boolean {
  if (/^(true|false|-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?|"([^"\\]|\\.)*")$/.test(text))
    return JSON.parse(text) as string | number | boolean;
  return text;
}
