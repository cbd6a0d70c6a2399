import { expect, test } from 'vitest';
import { pipelineSchema } from './pipeline.ts';
import { stageKeys, type StageInputs } from './stage-keys.ts';

const file = (path: string, eTag = '1') => ({ path, eTag, size: 1 });
const pipeline = (over: object = {}) => pipelineSchema.parse({ name: 'iris', landing: { prefix: 'iris/' }, ...over });
const inputs = (over: Partial<StageInputs> = {}): StageInputs => ({
  batch: { files: [file('landing/iris/a'), file('landing/iris/b')] },
  codeDigest: 'sha256:1',
  pipeline: pipeline(),
  ...over,
});
const same = stageKeys(inputs());

test('neither the order of files nor that of parameters changes a key, nor do limits of the gate', () => {
  const files = [file('landing/iris/b'), file('landing/iris/a')];
  const declared = { train: { parameters: { a: 1, b: 2 } } };
  const other = { train: { parameters: { b: 2, a: 1 } }, validate: { metrics: { accuracy: { min: 0.5 } } } };
  expect(stageKeys(inputs({ batch: { files } }))).toEqual(same);
  expect(stageKeys(inputs({ pipeline: pipeline(declared) }))).toEqual(stageKeys(inputs({ pipeline: pipeline(other) })));
});

test.each<[string, Partial<StageInputs>]>([
  ['a file', { batch: { files: [file('landing/iris/a')] } }],
  ['the content of a file', { batch: { files: [file('landing/iris/a', '2'), file('landing/iris/b')] } }],
  ['the code', { codeDigest: 'sha256:2' }],
  ['a parameter of process', { pipeline: pipeline({ process: { parameters: { maxBadFraction: 0.2 } } }) }],
  ['a data check', { pipeline: pipeline({ process: { checks: [{ column: 'x', min: 0 }] } }) }],
])('%s changes both keys', (_, over) => {
  const keys = stageKeys(inputs(over));
  expect(keys.process).not.toBe(same.process);
  expect(keys.train).not.toBe(same.train);
});

test.each<[string, Partial<StageInputs>]>([
  ['a parameter of train', { pipeline: pipeline({ train: { parameters: { epochs: 9 } } }) }],
  ['the number of workers', { pipeline: pipeline({ train: { workers: 3 } }) }],
  ['the weights that it begins with', { initialWeights: { path: 'models/iris/x/weights.pt', eTag: '1' } }],
])('%s changes the key of train alone', (_, over) => {
  const keys = stageKeys(inputs(over));
  expect(keys.process).toBe(same.process);
  expect(keys.train).not.toBe(same.train);
});
