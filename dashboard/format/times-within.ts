const ISO = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g;

/** A sentence of the API in which times are told as people do, in this browser's zone. */
export function timesWithin(text: string, format = new Intl.DateTimeFormat(undefined, STYLE)): string {
  return text.replace(ISO, (time) => format.format(Date.parse(time)));
}

const STYLE = { dateStyle: 'medium', timeStyle: 'short' } as const;
