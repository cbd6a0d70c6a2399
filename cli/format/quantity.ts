/** Time that passed, as people read it. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds) % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Time between two moments; nothing where one of them is open. */
export function between(startedAt: string | undefined, finishedAt: string | undefined): string {
  return startedAt && finishedAt ? elapsed(Date.parse(finishedAt) - Date.parse(startedAt)) : '';
}

/** A moment to the second, in UTC. */
export function moment(time: string | undefined): string {
  return time === undefined ? '' : time.replace(/T/, ' ').replace(/(\.\d+)?Z$/, 'Z');
}

/** A number with the digits that matter. */
export function number(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toPrecision(4)));
}

/** A share of one, in percent. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** A size of a file. */
export function bytes(size: number): string {
  const step = Math.min(UNITS.length - 1, size < 1_000 ? 0 : Math.floor(Math.log10(size) / 3));
  return `${Number((size / 1_000 ** step).toPrecision(3))} ${UNITS[step]}`;
}

/** A number of things, in words. */
export function count(amount: number, thing: string, things = `${thing}s`): string {
  return `${amount.toLocaleString('en')} ${amount === 1 ? thing : things}`;
}

/** Metrics in one line: all of them, or the first so many. */
export function metricsLine(metrics: Record<string, number> | undefined, most = Infinity): string {
  const all = Object.entries(metrics ?? {}).map(([name, value]) => `${name} ${number(value)}`);
  return [...all.slice(0, most), ...(all.length > most ? ['…'] : [])].join(', ');
}
