import { Cron } from 'croner';
import { z } from 'zod';

/** When something is due: five cron fields, and the time zone whose clocks they mean. */
export interface Schedule {
  cron: string;
  timeZone: string;
}

/** A schedule's fields in pipeline.yaml. */
export const scheduleFields = {
  cron: z.string().describe('Minute, hour, day of month, month and day of week, such as 0 3 * * MON-FRI.'),
  timeZone: z.string().default('UTC').describe('IANA name of the time zone of cron, such as Europe/Berlin.'),
};

/** Adds what is wrong with a schedule, at the field that is wrong. */
export function checkSchedule(schedule: Schedule, context: z.RefinementCtx): void {
  const problem = scheduleProblem(schedule);
  if (problem) context.addIssue({ code: 'custom', path: [problem.field], message: problem.message });
}

/** A schedule in pipeline.yaml. */
export const scheduleSchema = z.strictObject(scheduleFields).superRefine(checkSchedule);

/**
 * The first time after a moment at which a schedule is due; undefined when there is none. A time that the clocks leave
 * out in spring is due when they have jumped, one that they show twice in autumn is due once, at the first.
 */
export function nextTick({ cron, timeZone }: Schedule, after: Date): Date | undefined {
  return open(cron, timeZone).nextRun(after) ?? undefined;
}

/** The last time after one moment and up to another at which a schedule is due: what was missed counts once. */
export function latestTick(schedule: Schedule, after: Date, now: Date): Date | undefined {
  const latest = tickUpTo(schedule, now);
  return latest && latest > after ? latest : undefined;
}

/** The last time up to a moment at which a schedule was due; undefined when there is none. */
export function tickUpTo({ cron, timeZone }: Schedule, moment: Date): Date | undefined {
  // Cron counts whole seconds and looks strictly before: of the last two before a second from now, one is not after now.
  const before = new Date(moment.getTime() + 1_000);
  return open(cron, timeZone)
    .previousRuns(2, before)
    .find((tick) => tick <= moment);
}

function open(cron: string, timezone: string): Cron {
  return new Cron(cron, { timezone, mode: '5-part', paused: true });
}

function scheduleProblem({ cron, timeZone }: Schedule): { field: keyof Schedule; message: string } | undefined {
  if (!isTimeZone(timeZone)) {
    const message = `there is no time zone ${timeZone}: expected an IANA name such as Europe/Berlin or UTC`;
    return { field: 'timeZone', message };
  }
  // The library takes points in time and nicknames too, which are no five fields.
  if (cron.trim().split(/\s+/).length !== 5) {
    return { field: 'cron', message: `expected five fields such as 0 3 * * *, not ${JSON.stringify(cron)}` };
  }
  try {
    if (nextTick({ cron, timeZone }, new Date(0))) return undefined;
    return { field: 'cron', message: `${JSON.stringify(cron)} never comes: there is no such day` };
  } catch (error) {
    const said = error instanceof Error ? error.message.replace(/^Cron\w+: /, '') : String(error);
    return { field: 'cron', message: `${JSON.stringify(cron)} is no schedule: ${said}` };
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
