import { expect, test } from 'vitest';
import { parseTraceParent, runSpan, stageSpan, traceParent } from './trace-context.ts';

const RUN = 'iris-20261124-101502-3fa9c1';

test('a run is one trace, whose id is the beginning of the hash of its own', () => {
  expect(runSpan(RUN).traceId).toBe('89be2d812470aa321d7f715d2c1e8fdc');
  expect(stageSpan(RUN, 'train').traceId).toBe(runSpan(RUN).traceId);
  expect(runSpan('iris-20261124-101502-3fa9c2').traceId).not.toBe(runSpan(RUN).traceId);
});

test('each of its stages is a span of its own', () => {
  const ids = [runSpan(RUN), stageSpan(RUN, 'process'), stageSpan(RUN, 'train')].map(({ spanId }) => spanId);
  expect(new Set(ids).size).toBe(3);
});

test('what is written as traceparent is read again', () => {
  expect(parseTraceParent(traceParent(stageSpan(RUN, 'train')))).toEqual(stageSpan(RUN, 'train'));
});

test.each([
  undefined,
  '',
  'none',
  `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`,
  `00-${'1'.repeat(32)}-${'0'.repeat(16)}-01`,
  `ff-${'1'.repeat(32)}-${'1'.repeat(16)}-01`,
])('%j names no span', (text) => expect(parseTraceParent(text)).toBeUndefined());
