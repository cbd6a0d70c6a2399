import { describe, expect, test } from 'vitest';
import { checkBeginning, checkStatus, checkType, retryAfter } from './answer.ts';

const now = new Date('2026-03-01T12:00:00Z');

describe('an answer', () => {
  test.each([
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [404, 'NotFound'],
    [410, 'NotFound'],
    [429, 'TooManyRequests'],
    [500, 'ServerError'],
    [503, 'ServerError'],
    [206, 'UnexpectedStatus'],
    [204, 'UnexpectedStatus'],
  ])('%i is %s', (status, reason) => {
    const headers = { 'retry-after': '120' };
    expect(() => checkStatus({ status, headers }, 'https://a.example', now)).toThrow(
      expect.objectContaining({ reason, retryAfterMs: 120_000, hint: expect.stringMatching(/\w/) }),
    );
  });
  test('200 is content', () => expect(() => checkStatus({ status: 200, headers: {} }, 'u', now)).not.toThrow());
});

test.each([
  ['120', 120_000],
  ['Sun, 01 Mar 2026 12:05:00 GMT', 300_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After %s is %s ms', (header, ms) => expect(retryAfter(header, now)).toBe(ms));

describe('content', () => {
  const head = (type?: string, more = {}) => ({
    status: 200,
    headers: { ...(type && { 'content-type': type }), ...more },
  });
  const csv = { as: 'a.csv' };
  test.each([
    ['a web page for CSV', head('text/html; charset=utf-8'), csv, /a web page, and a\.csv was expected/],
    [
      'another type than declared',
      head('application/json'),
      { ...csv, contentType: 'text/csv' },
      /is application\/json/,
    ],
    ['no type where one is declared', head(), { ...csv, contentType: 'text/csv' }, /of no declared type/],
    ['compressed content', head('text/csv', { 'content-encoding': 'gzip' }), csv, /compressed \(gzip\)/],
  ])('is refused as %s', (_, given, wanted, message) => expect(() => checkType(given, wanted)).toThrow(message));

  test('is taken in any type but a web page, and that too where it is declared', () => {
    for (const type of ['text/csv', 'text/plain', 'application/octet-stream', undefined]) checkType(head(type), csv);
    checkType(head('text/html'), { as: 'page.html' });
    checkType(head('text/html'), { ...csv, contentType: 'text/html' });
    checkType(head('Text/CSV;header=present'), { ...csv, contentType: 'text/csv' });
  });

  test.each(['<!DOCTYPE html><p>', '\ufeff\n <html lang=en>', '<HEAD>'])('that begins with %j is a page', (start) => {
    expect(() => checkBeginning(Buffer.from(start), 'a.csv')).toThrow(/web page/);
    checkBeginning(Buffer.from(start), 'a.html');
  });
  test('that begins otherwise is none', () => {
    for (const start of ['a,b\n<html>', '<xml/>', '<htmlish', '']) checkBeginning(Buffer.from(start), 'a.csv');
  });
});
