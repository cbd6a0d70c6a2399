import { expect, test } from 'vitest';
import { parseRequest } from './predict-request.ts';

test('a request is an object with instances', () => {
  expect(parseRequest('{"instances":[[1]]}')).toEqual({ request: { instances: [[1]] } });
});

test.each([
  ['', /no JSON/],
  ['{"instances":[1,]}', /no JSON/],
  ['[1]', /Expected an object with a list of instances/],
  ['null', /Expected/],
  ['{"instances":1}', /Expected/],
])('%j is refused with what was expected', (text, problem) => {
  expect(parseRequest(text)).toEqual({ problem: expect.stringMatching(problem) as string });
});
