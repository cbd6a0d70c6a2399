import { z } from 'zod';

/** A model's golden requests with the answers that its training job computed. */
export const goldenSchema = z.object({
  requests: z.array(z.unknown()).min(1),
  responses: z.array(z.unknown()).min(1),
  tolerance: z.number().positive().default(1e-4),
});
export type Golden = z.infer<typeof goldenSchema>;

/** The first place where an answer differs from the expected one by more than the tolerance, in words; undefined if none. */
export function firstDifference(expected: unknown, actual: unknown, tolerance: number, at = '$'): string | undefined {
  if (typeof expected === 'number' && typeof actual === 'number') {
    return Math.abs(expected - actual) <= tolerance ? undefined : `${at}: expected ${expected}, got ${actual}`;
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) return `${at}: expected ${expected.length} items, got ${actual.length}`;
    return firstOf(expected.map((item, index) => firstDifference(item, actual[index], tolerance, `${at}[${index}]`)));
  }
  if (isObject(expected) && isObject(actual)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    return firstOf(keys.map((key) => firstDifference(expected[key], actual[key], tolerance, `${at}.${key}`)));
  }
  return expected === actual ? undefined : `${at}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
}

function firstOf(differences: (string | undefined)[]): string | undefined {
  return differences.find((difference) => difference !== undefined);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
