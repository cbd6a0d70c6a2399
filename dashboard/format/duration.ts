const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in its two largest units; below ten seconds with a tenth. */
export function formatDuration(ms: number): string {
  const time = Math.max(0, ms);
  if (time < 9_950) return `${(time / SECOND).toFixed(1)} s`;
  const rounded = Math.round(time / SECOND) * SECOND;
  if (rounded < MINUTE) return `${rounded / SECOND} s`;
  if (rounded < HOUR) return pair(rounded, MINUTE, 'min', SECOND, 's');
  if (rounded < DAY) return pair(rounded, HOUR, 'h', MINUTE, 'min');
  return pair(rounded, DAY, 'd', HOUR, 'h');
}

function pair(time: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((time % large) / small);
  return `${Math.floor(time / large)} ${largeUnit}${rest ? ` ${rest} ${smallUnit}` : ''}`;
}

/** How long ago something was, or how long it is until then. */
export function formatDistance(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < 5 * SECOND) return 'just now';
  const whole = distance < MINUTE ? Math.floor(distance / SECOND) * SECOND : distance;
  const words = largestUnit(whole);
  return at > now ? `in ${words}` : `${words} ago`;
}

function largestUnit(time: number): string {
  if (time < MINUTE) return `${Math.floor(time / SECOND)} s`;
  if (time < HOUR) return `${Math.floor(time / MINUTE)} min`;
  if (time < 2 * DAY) return `${Math.floor(time / HOUR)} h`;
  return `${Math.floor(time / DAY)} days`;
}

/** Milliseconds between two ISO times; an open end is now. */
export function between(startedAt: string, finishedAt: string | undefined, now: number): number {
  return (finishedAt === undefined ? now : Date.parse(finishedAt)) - Date.parse(startedAt);
}
