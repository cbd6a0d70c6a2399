import stringWidth from 'string-width';

/** C0 and C1 controls but newline and tab, and the marks that turn the direction of text around. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text that does nothing to a terminal but show. */
export function plain(text: string): string {
  return text.replace(CONTROLS, '');
}

/** The same in one line, for names: a name with a line break must not look like a line of ours. */
export function oneLine(text: string): string {
  return plain(text.replace(/[\r\n\t\u2028\u2029]+/g, ' '));
}

/** Text filled up with spaces to a width of terminal columns. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'left' ? text + spaces : spaces + text;
}

/** Each line of a text, further to the right. */
export function indent(text: string, by = 2): string[] {
  return plain(text)
    .split('\n')
    .map((line) => ' '.repeat(by) + line);
}

/** JSON in which no control character is left bare: JSON itself escapes only the first half of them. */
export function json(value: unknown, space?: number): string {
  const escape = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, space).replace(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, escape);
}

/** An argument as a shell takes it. */
export function quote(argument: string): string {
  const text = oneLine(argument);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
