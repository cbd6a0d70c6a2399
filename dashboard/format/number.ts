/** A number to four digits, as metrics and statistics are read. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1_000_000)) return value.toExponential(2);
  return size >= 1_000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(4)));
}

/** A difference with its sign. */
export function formatDifference(value: number): string {
  if (value === 0) return '±0';
  return `${value > 0 ? '+' : '−'}${formatNumber(Math.abs(value))}`;
}

/** A share in percent. */
export function formatShare(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** A number of things. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

const UNITS = ['kB', 'MB', 'GB', 'TB'];

/** A size in decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return formatCount(bytes, 'byte');
  let size = bytes / 1_000;
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1_000;
    unit++;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}
