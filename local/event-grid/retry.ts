const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
// https://learn.microsoft.com/azure/event-grid/delivery-and-retry#retry-schedule
const WAITS = [10 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR];
const LAST_WAIT = 12 * HOUR;
const FINAL = new Set([400, 401, 403, 413]);

/** How far an event has come. */
export interface Attempts {
  publishedAt: number;
  attempts: number;
}

/** What follows a failed attempt: another at a moment, or the reason why there is none. */
export function afterFailure(
  { publishedAt, attempts }: Attempts,
  status: number | undefined,
  limits: { maxDeliveryAttempts: number; eventTimeToLiveInMinutes: number },
  now: number,
): { at: number } | { givenUp: string } {
  if (status !== undefined && FINAL.has(status)) return { givenUp: outcome(status) };
  if (attempts >= limits.maxDeliveryAttempts) return { givenUp: 'MaxDeliveryAttemptsExceeded' };
  const at = now + (WAITS[attempts - 1] ?? LAST_WAIT);
  if (at > publishedAt + limits.eventTimeToLiveInMinutes * MINUTE) return { givenUp: 'TimeToLiveExceeded' };
  return { at };
}

/** An answer in Event Grid's word for it; no answer at all is a time-out. */
export function outcome(status: number | undefined): string {
  const names: Record<number, string> = {
    400: 'BadRequest',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    413: 'PayloadTooLarge',
    503: 'Busy',
  };
  return status === undefined ? 'TimedOut' : (names[status] ?? 'GenericError');
}
