/** A text as Python writes it, in the form that ruff gives it: double quotes, unless that needs more backslashes. */
export function pythonText(text: string): string {
  const quote = text.split('"').length > text.split("'").length ? "'" : '"';
  const escaped = [...text].map((char) => (char === quote || char === '\\' ? `\\${char}` : printable(char))).join('');
  return `${quote}${escaped}${quote}`;
}

/** Signs that no editor shows are written as codes; ruff takes those that look like others for mistakes. */
function printable(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if ((code >= 0x20 && code < 0x7f) || /^[\p{L}\p{N}\p{M}]$/u.test(char)) return char;
  if (code > 0xffff) return `\\U${code.toString(16).padStart(8, '0')}`;
  return code > 0xff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\x${code.toString(16).padStart(2, '0')}`;
}
