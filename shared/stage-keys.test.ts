import { expect, test } from 'vitest';
import { pipelineSchema } from './pipeline.ts';
import { stageKeys, type StageInputs } from './stage-keys.ts';

const file = (path: string, eTag = '1') => ({ path, eTag, size: 1 });
const pipeline = (over: object = {}) => pipelineSchema.parse({ name: 'iris', landing: { prefix: 'iris/' }, ...over });
const inputs = (over: Partial<StageInputs> = {}): StageInputs => ({
  batch: { files: [file('landing/iris/a'), file('landing/iris/b')] },
  images: { spark: 'spark@sha256:1', training: 'training@sha256:1' },
  pipeline: pipeline(),
  ...over,
});
const same = stageKeys(inputs());

test('neither the order of files nor that of parameters changes a key, nor do limits of the gate or where pods run', () => {
  const files = [file('landing/iris/b'), file('landing/iris/a')];
  const declared = { train: { parameters: { a: 1, b: 2 } } };
  const train = { parameters: { b: 2, a: 1 }, pods: { spot: true }, resources: { cpu: '2' } };
  const other = { train, validate: { metrics: { accuracy: { min: 0.5 } } } };
  expect(stageKeys(inputs({ batch: { files } }))).toEqual(same);
  expect(stageKeys(inputs({ pipeline: pipeline(declared) }))).toEqual(stageKeys(inputs({ pipeline: pipeline(other) })));
});

test.each<[string, Partial<StageInputs>]>([
  ['a file', { batch: { files: [file('landing/iris/a')] } }],
  ['the content of a file', { batch: { files: [file('landing/iris/a', '2'), file('landing/iris/b')] } }],
  ['the image of process', { images: { spark: 'spark@sha256:2', training: 'training@sha256:1' } }],
  ['a parameter of process', { pipeline: pipeline({ process: { parameters: { maxBadFraction: 0.2 } } }) }],
  ['a data check', { pipeline: pipeline({ process: { checks: [{ column: 'x', min: 0 }] } }) }],
  ['the environment of process', { pipeline: pipeline({ process: { pods: { environment: { A: '1' } } } }) }],
  ['the number of rows that a check compares with', { rowsBefore: 9 }],
])('%s changes both keys', (_, over) => {
  const keys = stageKeys(inputs(over));
  expect(keys.process).not.toBe(same.process);
  expect(keys.train).not.toBe(same.train);
});

test.each<[string, Partial<StageInputs>]>([
  ['the image of train', { images: { spark: 'spark@sha256:1', training: 'training@sha256:2' } }],
  ['the environment of train', { pipeline: pipeline({ train: { pods: { environment: { A: '1' } } } }) }],
  ['a secret of train', { pipeline: pipeline({ train: { pods: { secrets: { A: { secret: 's', key: 'k' } } } } }) }],
  ['a parameter of train', { pipeline: pipeline({ train: { parameters: { epochs: 9 } } }) }],
  ['the number of workers', { pipeline: pipeline({ train: { workers: 3 } }) }],
  ['the weights that it begins with', { initialWeights: { path: 'models/iris/x/weights.pt', eTag: '1' } }],
])('%s changes the key of train alone', (_, over) => {
  const keys = stageKeys(inputs(over));
  expect(keys.process).toBe(same.process);
  expect(keys.train).not.toBe(same.train);
});
