import { describe, expect, test } from 'vitest';
import { commandFor } from './hint.ts';
import { beyond } from './log.ts';
import { bytes, count, elapsed, metricsLine, moment, number, percent } from './quantity.ts';
import { facts, table } from './table.ts';
import { indent, json, oneLine, pad, plain, quote } from './text.ts';

describe('text', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', '[31mred[0m'],
    ['\u009b2J\u0085\u007f', '2J'],
    ['a\tb\nc', 'a\tb\nc'],
    ['a\r\u0008b', 'ab'],
    ['\u202eevil\u2066', 'evil'],
    ['ä 漢 🙂 <b> %41', 'ä 漢 🙂 <b> %41'],
  ])('%j is shown as %j', (text, shown) => expect(plain(text)).toBe(shown));

  test('a name stays in its line', () => expect(oneLine('a\r\nb\u2028c\td')).toBe('a b c d'));

  test('width is what a terminal takes', () => {
    expect(pad('漢', 4)).toBe('漢  ');
    expect(pad('7', 3, 'right')).toBe('  7');
    expect(indent('a\nb', 1)).toEqual([' a', ' b']);
  });

  test('JSON has no bare control character and is still the same', () => {
    const value = { a: '\u001b\u007f\u009b\u202e', ü: 1 };
    // eslint-disable-next-line no-control-regex
    expect(json(value)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(JSON.parse(json(value))).toEqual(value);
  });

  test.each([
    ['iris', 'iris'],
    ["it's", `'it'\\''s'`],
    ['a b; rm -rf $HOME', `'a b; rm -rf $HOME'`],
    ['', `''`],
  ])('%j is one argument as %s', (text, quoted) => expect(quote(text)).toBe(quoted));
});

describe('quantities', () => {
  test.each([
    [0, '0.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 0 s'],
    [119_700, '2 min 0 s'],
    [3_600_000, '1 h 0 min'],
    [90_061_000, '25 h 1 min'],
    [-5, '0.0 s'],
  ])('%d ms are %s', (ms, text) => expect(elapsed(ms)).toBe(text));

  test.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_000, '1 kB'],
    [1_234_567, '1.23 MB'],
    [5e15, '5000 TB'],
  ])('%d bytes are %s', (size, text) => expect(bytes(size)).toBe(text));

  test('metrics in a list are the first ones', () => {
    const metrics = { accuracy: 0.97, loss: 0.1, rows: 120 };
    expect(metricsLine(metrics)).toBe('accuracy 0.97, loss 0.1, rows 120');
    expect(metricsLine(metrics, 2)).toBe('accuracy 0.97, loss 0.1, …');
    expect(metricsLine(undefined)).toBe('');
  });

  test('the rest', () => {
    expect([number(0.123456), number(1e-9), number(undefined)]).toEqual(['0.1235', '1e-9', '']);
    expect([percent(0.125), count(1, 'file'), count(5_000, 'file')]).toEqual(['12.5 %', '1 file', '5,000 files']);
    expect([moment('2026-03-01T10:15:02.123Z'), moment('2026-03-01T10:15:02Z'), moment(undefined)]).toEqual([
      '2026-03-01 10:15:02Z',
      '2026-03-01 10:15:02Z',
      '',
    ]);
  });
});

test('a table is as wide as what is in it, and what is unknown is left empty', () => {
  expect(
    table(
      ['A', 'LONG'],
      [
        ['漢字', 'x'],
        [undefined, 'two\nlines'],
      ],
    ),
  ).toEqual(['A     LONG', '漢字  x', '      two lines']);
  expect(
    facts([
      ['a', '1'],
      ['long', undefined],
      ['b', ''],
    ]),
  ).toEqual(['  a  1']);
});

test('hints name commands, not requests', () => {
  const hint = 'Wait for it, or cancel it: POST /api/runs/iris-1/cancel. GET /api/runs lists them.';
  expect(commandFor(hint)).toBe('Wait for it, or cancel it: landfall cancel iris-1. landfall runs lists them.');
  expect(commandFor('GET /api/models/iris lists them; see GET /api/health.')).toBe(
    'landfall models iris lists them; see landfall doctor.',
  );
});

describe('of a later window on a log only what is new is taken', () => {
  test.each<[string, string, string, boolean]>([
    ['', 'ab', 'ab', false],
    ['ab', 'ab', '', false],
    ['ab', 'abc', 'c', false],
    ['abc', 'bcd', 'd', false],
    ['aab', 'aabaab', 'aab', false],
    ['abab', 'abc', 'c', false],
    ['xaaa', 'aaab', 'b', false],
    ['aaa', 'aa', '', false],
    ['ab', 'cd', 'cd', true],
    ['ab', '', '', false],
  ])('%s then %s: %s', (earlier, later, lines, isGap) => {
    expect(beyond([...earlier], [...later])).toEqual({ lines: [...lines], isGap });
  });

  test('for any two windows it is what a search without wits finds', () => {
    const windows = Array.from({ length: 2 ** 6 }, (_, bits) => [...bits.toString(2).padStart(6, '0')]);
    for (const earlier of windows)
      for (const later of windows) {
        const lengths = [6, 5, 4, 3, 2, 1, 0];
        const common =
          lengths.find((length) => earlier.slice(6 - length).join() === later.slice(0, length).join()) ?? 0;
        expect(beyond(earlier, later).lines).toEqual(later.slice(common));
      }
  });
});
