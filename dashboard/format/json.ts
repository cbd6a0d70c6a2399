/** Longer values are broken into lines. */
const LINE = 76;

/** JSON as people write it: what is short stays on one line. */
export function formatJson(value: unknown, indent = ''): string {
  const short = JSON.stringify(value) ?? 'null';
  if (typeof value !== 'object' || value === null || short.length + indent.length <= LINE) return spaced(short, value);
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const items = Array.isArray(value)
    ? value.map((item) => formatJson(item, inner))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${formatJson(item, inner)}`);
  return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`;
}

/** The same with a space after each sign, as far as signs are not within texts. */
function spaced(short: string, value: unknown): string {
  if (typeof value !== 'object' || value === null) return short;
  const items = Array.isArray(value)
    ? value.map((item) => formatJson(item))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${formatJson(item)}`);
  if (items.length === 0) return short;
  return Array.isArray(value) ? `[${items.join(', ')}]` : `{ ${items.join(', ')} }`;
}
