import { describe, expect, test } from 'vitest';
import { ApiError, mayPass, refusal, silence } from './problem.ts';

const problem = { title: 'Conflict', status: 409, detail: 'It is over.', hint: 'Look at the run.' };

describe('an answer that refuses', () => {
  test.each([
    [401, undefined, 'key', /refuses the key/],
    [401, { title: 'Unauthorized', status: 401, detail: 'Nobody is signed in.' }, 'signedOut', /Nobody is signed in/],
    [403, { title: 'Forbidden', status: 403, detail: 'Reader only.' }, 'forbidden', /Reader only/],
    [409, problem, 'refused', /It is over/],
    [500, { ...problem, status: 500 }, 'broken', /It is over/],
    [502, '<html>', 'broken', /answered 502/],
    [404, undefined, 'broken', /answered 404/],
  ])('%i with %j is %s', (status, body, trouble, message) => {
    const error = refusal(status, body);
    expect(error.trouble).toBe(trouble);
    expect(error.message).toMatch(message);
  });

  test('keeps the hint', () => {
    expect(refusal(409, problem)).toMatchObject({ hint: 'Look at the run.', status: 409 });
  });
});

test('no answer is told from a late one, and what is known already stays', () => {
  expect(silence(new TypeError('Failed to fetch'), 30_000).trouble).toBe('unreachable');
  expect(silence(new DOMException('late', 'TimeoutError'), 30_000).message).toMatch(/30 seconds/);
  const known = new ApiError('signedOut', 0, 'Reload.');
  expect(silence(known, 1)).toBe(known);
});

test('only what may pass is asked again', () => {
  expect(mayPass(refusal(503, ''))).toBe(true);
  expect(mayPass(refusal(409, problem))).toBe(false);
  expect(mayPass(new Error('a mistake of the page'))).toBe(false);
});
