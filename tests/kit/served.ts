import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ROOT, type RunningPlatform } from './running-platform.ts';

const flowers = [
  [5.1, 3.5, 1.4, 0.2],
  [6.0, 2.9, 4.5, 1.5],
  [6.9, 3.1, 5.4, 2.1],
];

/** What a version's saved weights answer, computed by PyTorch alone. */
async function answerFromWeights(platform: RunningPlatform, version: string) {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-weights-'));
  mkdirSync(folder, { recursive: true });
  const models = platform.lake.getFileSystemClient('models');
  for (const name of ['model.py', 'model.json', 'weights.pt']) {
    writeFileSync(join(folder, name), await models.getFileClient(`iris/${version}/${name}`).readToBuffer());
  }
  const script = join(ROOT, 'tests/kit/answer_from_weights.py');
  const run = spawnSync(process.env.LANDFALL_PYTHON ?? 'python3', [script, folder], {
    input: JSON.stringify({ instances: flowers }),
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as { label: string; probabilities: number[] }[];
}

/** What the endpoint answers for these flowers, and which version. */
export async function predict(platform: RunningPlatform) {
  const answer = await platform.call('POST', 'pipelines/iris/predict', { instances: flowers });
  const { predictions } = answer.body as unknown as {
    predictions: { label: string; probabilities: Record<string, number> }[];
  };
  return { status: answer.status, version: answer.headers.get('x-model-version'), predictions };
}

/** Proves that a version serves, by what its saved weights answer. */
export async function expectServed(platform: RunningPlatform, version: string): Promise<void> {
  const served = await predict(platform);
  expect(served).toMatchObject({ status: 200, version });
  const expected = await answerFromWeights(platform, version);
  served.predictions.forEach(({ label, probabilities }, row) => {
    expect(label).toBe(expected[row]?.label);
    Object.values(probabilities).forEach((value, index) =>
      expect(value).toBeCloseTo(expected[row]?.probabilities[index] ?? -1, 4),
    );
  });
}
