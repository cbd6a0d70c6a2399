import { expect, test } from 'vitest';
import { formatJson } from './json.ts';

test('what is short stays on one line, what is long is broken', () => {
  expect(formatJson({ instances: [[5.1, 3.5]], text: 'a,b:{c}' })).toBe(
    '{ "instances": [[5.1, 3.5]], "text": "a,b:{c}" }',
  );
  const rows = Array.from({ length: 9 }, () => [5.1, 3.5, 1.4, 0.2]);
  const lines = formatJson({ instances: rows }).split('\n');
  expect(lines.slice(0, 3)).toEqual(['{', '  "instances": [', '    [5.1, 3.5, 1.4, 0.2],']);
  expect(lines.at(-1)).toBe('}');
});

test.each([
  [{ a: [], b: {}, c: null, d: 'x'.repeat(100), e: [{ f: ['<i>', 1] }] }],
  [[]],
  ['text'],
  [null],
  [Array.from({ length: 50 }, (_, at) => ({ at, label: 'setosa' }))],
])('is the same value (%#)', (value) => expect(JSON.parse(formatJson(value))).toEqual(value));
