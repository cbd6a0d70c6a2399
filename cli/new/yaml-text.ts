/** Words that YAML would read as something else than text. */
const WORDS = /^(true|false|yes|no|on|off|null|y|n|~)$/i;

/** A text as YAML writes it within braces, in the form that prettier gives it. */
export function yamlText(text: string): string {
  if (/^[A-Za-z_][\w-]*( [\w-]+)*$/.test(text) && !WORDS.test(text)) return text;
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text) || (text.includes("'") && !text.includes('"')))
    return JSON.stringify(text);
  return `'${text.replaceAll("'", "''")}'`;
}
