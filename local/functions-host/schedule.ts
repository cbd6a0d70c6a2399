import { CronExpressionParser } from 'cron-parser';
import type { Binding } from './core.ts';

/** A timer's NCRONTAB expression, with `%NAME%` read from the settings. */
export const scheduleOf = (trigger: Binding, env: NodeJS.ProcessEnv = process.env): string =>
  String(trigger['schedule']).replace(/%(\w+)%/g, (whole, name: string) => env[name] ?? whole);

/** The first occurrence after a moment, in UTC unless WEBSITE_TIME_ZONE says otherwise. */
export function nextOccurrence(schedule: string, after: Date, timeZone = process.env['WEBSITE_TIME_ZONE']): Date {
  // cron-parser fills in what is missing; the host does not.
  const fields = schedule.trim().split(/\s+/).length;
  if (fields < 5 || fields > 6) throw new Error(`expected 5 or 6 fields, got ${fields}`);
  return CronExpressionParser.parse(schedule, { currentDate: after, tz: timeZone ?? 'UTC' })
    .next()
    .toDate();
}
