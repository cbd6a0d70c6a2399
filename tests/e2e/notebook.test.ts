import { spawn } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../shared/run.ts';
import { ROOT, RunningPlatform } from '../kit/running-platform.ts';
import { expectServed } from '../kit/served.ts';

const LIMIT_MS = 1_500_000;

interface Cell {
  id: string;
  cell_type: string;
  outputs?: { output_type: string; text?: string[]; data?: Record<string, unknown> }[];
}

/** The notebook as a user runs it, from a folder below the one of a platform that has seen nothing yet. */
describe('the notebook', () => {
  const platform = new RunningPlatform(20_000);
  const folder = join(platform.state, 'workloads/notebooks');
  let cells: Cell[];
  let runs: Run[];

  beforeAll(async () => {
    cpSync(join(ROOT, 'workloads/notebooks'), folder, { recursive: true });
    cpSync(join(ROOT, 'workloads/pipelines/iris/sample'), join(folder, '../pipelines/iris/sample'), {
      recursive: true,
    });
    symlinkSync('state', join(platform.state, '.landfall'));
    await platform.start();
    const executed = join(platform.state, 'executed.ipynb');
    await execute(join(folder, 'execute.py'), '--output', executed, '--cell-limit', '400');
    cells = (JSON.parse(readFileSync(executed, 'utf8')) as { cells: Cell[] }).cells;
    runs = (await platform.runs()).reverse();
  }, LIMIT_MS);
  afterAll(() => platform.remove());

  const outputs = (id: string) => cells.find((cell) => cell.id === id)?.outputs ?? [];
  const said = (id: string) =>
    outputs(id)
      .flatMap(({ text = [] }) => text)
      .join('');

  test('goes stage by stage, in one go, past a review, and once more with other parameters', () => {
    const ways = runs.map(({ status, stage }) => [status, stage]);
    expect(ways).toEqual([
      ['Succeeded', 'process'],
      ['Succeeded', 'train'],
      ['Succeeded', 'validate'],
      ['Succeeded', 'rollout'],
      ['Succeeded', 'rollout'],
      ['Rejected', 'review'],
      ['Succeeded', 'rollout'],
    ]);
    const [processed, trained, , , whole] = runs.map(({ runId }) => runId);
    const taken = runs.map(({ stages }) => stages.map(({ reusedFrom }) => reusedFrom).filter(Boolean));
    expect(taken).toEqual([[], [processed], [processed, trained], [processed, trained], [], [], [whole]]);
  });

  test('shows what the gate and the person said', () => {
    expect(said('validate')).toMatch(/^pass\n- accuracy \S+ is at least 0\.9$/m);
    expect(said('refused')).toBe(`409: ${runs[0]?.runId} never finished stage train.\nRerun it from stage train.\n`);
    expect(said('whole-run')).toMatch(/^- no drift from the champion's data \(135 rows\)$/m);
    expect(said('drifted-run')).toMatch(/^Waiting\n- \d of 4 features drifted/m);
    expect(said('drifted-run')).toMatch(/^- petal_length: PSI \S+ is above 0\.2/m);
    expect(said('decide')).toMatch(/^Ada rejected the model: the ruler had slipped\.$/m);
  });

  test('asks the version that serves: the rejected one never does', async () => {
    const [, , , released, whole, , changed] = runs.map(({ modelVersion = '' }) => modelVersion);
    expect(said('predict')).toBe(`Version ${released} answers:\n`);
    expect(said('whole-predict')).toBe(`Version ${whole} answers:\n`);
    expect(said('decide-predict')).toBe(`Version ${whole} answers:\n`);
    await expectServed(platform, changed ?? '');
  });

  test('draws every plot, and warns of nothing', () => {
    const drawn = cells.filter(({ outputs: all = [] }) => all.some(({ data }) => data?.['image/png'] !== undefined));
    expect(drawn.map(({ id }) => id)).toEqual(['profile-plot', 'loss', 'drift-plot', 'drift-histograms', 'versions']);
    const warned = cells.filter(({ outputs: all = [] }) => all.some((one) => 'name' in one && one.name === 'stderr'));
    expect(warned).toEqual([]);
  });

  test('is kept with the outputs of the very cells that it has', () => {
    const kept = JSON.parse(readFileSync(join(folder, 'manual-pipeline-triggers.ipynb'), 'utf8')) as { cells: Cell[] };
    const shape = (all: Cell[]) =>
      all.map(({ id, outputs: shown = [] }) => [id, shown.map(({ output_type }) => output_type)]);
    expect(shape(kept.cells)).toEqual(shape(cells));
  });
});

/** Runs execute.py of a copy of the notebook's folder, with the environment that the set-up made for it. */
function execute(...args: string[]): Promise<void> {
  const python = process.env.LANDFALL_NOTEBOOK_PYTHON;
  if (!python) throw new Error('LANDFALL_NOTEBOOK_PYTHON is not set: run npm test -- --only e2e, which sets it up.');
  return new Promise((resolve, reject) => {
    const child = spawn(python, args, { stdio: ['ignore', 'inherit', 'pipe'] });
    let told = '';
    child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`The notebook failed:\n${told}`))));
  });
}
