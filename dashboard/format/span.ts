const DAY_MS = 86_400_000;
const STYLES = {
  days: { dateStyle: 'medium', timeZone: 'UTC' },
  times: { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' },
} as const;

/** A span of time in UTC, as backfills part it: whole days with the last one included, else its two moments. */
export function formatSpan(from: string, to: string, locale?: string): string {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const isDays = start % DAY_MS === 0 && end % DAY_MS === 0 && end > start;
  const format = new Intl.DateTimeFormat(locale, isDays ? STYLES.days : STYLES.times);
  return isDays ? format.formatRange(start, end - 1) : `${format.formatRange(start, end)} UTC`;
}
