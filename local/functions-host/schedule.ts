import { Cron } from 'croner';
import type { Binding } from './core.ts';

/** A timer's NCRONTAB expression, with `%NAME%` read from the settings. */
export const scheduleOf = (trigger: Binding, env: NodeJS.ProcessEnv = process.env): string =>
  String(trigger['schedule']).replace(/%(\w+)%/g, (whole, name: string) => env[name] ?? whole);

/** The first occurrence after a moment, in UTC unless WEBSITE_TIME_ZONE says otherwise. */
export function nextOccurrence(schedule: string, after: Date, timeZone = process.env['WEBSITE_TIME_ZONE']): Date {
  const next = new Cron(schedule, { mode: '5-or-6-parts', timezone: timeZone ?? 'UTC' }).nextRun(after);
  if (!next) throw new Error(`${schedule} never comes after ${after.toISOString()}`);
  return next;
}
