import { describe, expect, it } from 'vitest';
import { nextOccurrence, scheduleOf } from './schedule.ts';

const after = new Date('2026-11-24T10:58:30Z');

describe('a schedule', () => {
  it.each([
    ['0 */5 * * * *', undefined, '2026-11-24T11:00:00.000Z'],
    ['*/20 * * * * *', undefined, '2026-11-24T10:58:40.000Z'],
    ['*/5 * * * *', undefined, '2026-11-24T11:00:00.000Z'],
    ['0 0 9 * * MON', undefined, '2026-11-30T09:00:00.000Z'],
    ['0 0 9 * * *', 'Europe/Berlin', '2026-11-25T08:00:00.000Z'],
  ])('%s in zone %s comes next at %s', (schedule, zone, expected) => {
    expect(nextOccurrence(schedule, after, zone).toISOString()).toBe(expected);
  });

  it.each(['', 'bogus', '00:05:00', '* * *', '61 * * * * *'])('"%s" is refused', (schedule) => {
    expect(() => nextOccurrence(schedule, after)).toThrow();
  });

  it('is read from the settings where it names one', () => {
    const trigger = { type: 'timerTrigger', name: 't', schedule: '%SWEEP%' };
    expect(scheduleOf(trigger, { SWEEP: '0 * * * * *' })).toBe('0 * * * * *');
    expect(scheduleOf(trigger, {})).toBe('%SWEEP%');
  });
});
