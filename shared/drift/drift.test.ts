import { describe, expect, test } from 'vitest';
import { drawFrom } from '../../tests/drift/draw.ts';
import { profileOf } from '../../tests/drift/profile-of.ts';
import type { Table } from '../../tests/drift/profile-of.ts';
import { pipelineSchema } from '../pipeline.ts';
import type { Profile } from '../profile.ts';
import { drift } from './drift.ts';
import { driftReportSchema } from './report.ts';

type Column = Table['columns'][string];

const draw = drawFrom(1);
const normal = (rows: number, mean = 0) => Array.from({ length: rows }, () => draw.normal() + mean);
const cycle = (rows: number, ...values: string[]) =>
  Array.from({ length: rows }, (_, i) => values[i % values.length] ?? '');
const shifted = normal(150, 2);

const columns: Table['columns'] = {
  petal_length: normal(150),
  petal_width: normal(150),
  color: cycle(150, 'red', 'blue'),
  kind: cycle(150, 'setosa', 'versicolor', 'virginica'),
};
const baseline = profileOf({ batch: 'champion', label: 'kind', columns });

/** The report of a batch that has the baseline's columns but for those named here. */
function compare(changed: Record<string, Column> = {}, declared: object = {}) {
  return judge(profileOf({ batch: 'new', columns: { ...columns, ...changed } }, baseline), declared);
}

function judge(batch: Profile, declared: object = {}, from = baseline) {
  const validate = { drift: declared };
  const limits = pipelineSchema.parse({ name: 'iris', landing: { prefix: 'iris/' }, validate }).validate.drift;
  const report = drift(from, batch, limits);
  expect(driftReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  return { ...report, feature: (name: string) => report.features.find((found) => found.name === name) };
}

describe('a batch', () => {
  test('of the same rows has not drifted, and has no problems', () => {
    const { drifted, problems, driftedFeatures, reasons } = compare();
    expect({ drifted, problems, driftedFeatures }).toEqual({
      drifted: false,
      problems: [],
      driftedFeatures: { share: 0, limit: 0 },
    });
    expect(reasons).toEqual(['0 of 3 features drifted, within the limit of 0 %']);
  });

  test('with a shifted number has drifted, and says by how much', () => {
    const { drifted, reasons, feature, driftedFeatures } = compare({ petal_length: shifted });
    expect({ drifted, share: driftedFeatures.share }).toEqual({ drifted: true, share: 1 / 3 });
    expect(reasons[0]).toBe('1 of 3 features drifted, above the limit of 0 %');
    expect(reasons[1]).toMatch(/^petal_length: PSI \d\.\d\d is above 0\.2 \(p < 0\.0001\)$/);
    expect(feature('petal_length')?.measures.ks).toMatchObject({ limit: 0.2, exceeded: true });
  });

  test('with a third of its features shifted has drifted no further than a limit of a half allows', () => {
    const { drifted, feature } = compare({ petal_length: shifted }, { driftedFeatures: 0.5 });
    expect({ drifted, feature: feature('petal_length')?.drifted }).toEqual({ drifted: false, feature: true });
  });

  test('of thirty rows of noise raises no alarm, and tells that chance explains what is beyond a limit', () => {
    const thirty = {
      petal_length: normal(30),
      petal_width: normal(30),
      color: cycle(30, 'red', 'blue'),
      kind: cycle(30, 'setosa', 'versicolor', 'virginica'),
    };
    const { drifted, feature } = compare(thirty, { ks: 0.01 });
    expect(drifted).toBe(false);
    expect(feature('petal_width')?.reasons.join()).toContain('but chance may explain it (p = ');
  });

  test('with other colors has drifted by its categories and by new ones', () => {
    const { feature } = compare({ color: cycle(150, 'red', 'green') });
    expect(feature('color')?.measures).toMatchObject({
      psi: { exceeded: true },
      newCategories: { value: 0.5, limit: 0.01, exceeded: true },
    });
  });

  test('with missing values has drifted by their share, and infinite ones count as such', () => {
    const half = shifted.map((value, i) => (i % 2 === 0 ? value - 2 : null));
    const { feature } = compare({ petal_length: half });
    expect(feature('petal_length')?.measures.missing).toMatchObject({ value: 0.5, exceeded: true });
    const batch = profileOf({ batch: 'new', columns: { ...columns, petal_length: half } }, baseline);
    const infinite = batch.features.map((it) =>
      it.type === 'number' ? { ...it, missing: 0, infinite: it.missing } : it,
    );
    expect(judge({ ...batch, features: infinite }).feature('petal_length')?.measures.missing?.value).toBe(0.5);
  });
});

describe('the label', () => {
  const skewed = [...cycle(120, 'setosa'), ...cycle(30, 'versicolor', 'virginica')];

  test('is judged by a limit of its own and is none of the features', () => {
    const { drifted, reasons, driftedFeatures, feature } = compare({ kind: skewed });
    expect({ drifted, share: driftedFeatures.share }).toEqual({ drifted: true, share: 0 });
    expect(reasons.at(-1)).toMatch(/^label kind: PSI 0\.\d+ is above 0\.2 \(p < 0\.0001\)$/);
    expect(Object.keys(feature('kind')?.measures ?? {})).toEqual(['psi']);
    expect(compare({ kind: skewed }, { label: 5 }).drifted).toBe(false);
  });

  test('with a value that the baseline never saw is a problem, even of a single row', () => {
    expect(compare({ kind: [...cycle(149, 'setosa', 'versicolor', 'virginica'), 'rose'] }).problems).toEqual([
      'kind: 1 of 150 rows have a label that the baseline never saw',
    ]);
  });
});

describe('limits', () => {
  test('are one for each measure', () => {
    const { feature } = compare({}, { psi: 1, ks: 0.2, newCategories: 0.3, missing: 0.4, label: 5 });
    const limitsOf = (name: string) =>
      Object.entries(feature(name)?.measures ?? {}).map(([measure, found]) => [measure, found?.limit]);
    expect(limitsOf('petal_length')).toEqual([
      ['psi', 1],
      ['ks', 0.2],
      ['missing', 0.4],
    ]);
    expect(limitsOf('color')).toEqual([
      ['psi', 1],
      ['newCategories', 0.3],
      ['missing', 0.4],
    ]);
    expect(limitsOf('kind')).toEqual([['psi', 5]]);
  });
});

describe('limits of single features', () => {
  test('take the place of the common ones', () => {
    const { drifted } = compare({ petal_length: shifted }, { features: { petal_length: { psi: 9, ks: 1 } } });
    expect(drifted).toBe(false);
  });

  test('can ignore one, with all its problems', () => {
    const ignored = { features: { petal_length: { ignore: true } } };
    const { drifted, problems, feature } = compare({ petal_length: cycle(150, 'long') }, ignored);
    expect({ drifted, problems, feature: feature('petal_length') }).toEqual({
      drifted: false,
      problems: [],
      feature: undefined,
    });
  });

  test('for a feature that does not exist are a problem', () => {
    expect(compare({}, { features: { petal_lenght: { psi: 1 }, petal_width: { psi: 1 } } }).problems).toEqual([
      'limits are set for petal_lenght, which neither the baseline nor the batch has',
    ]);
  });
});

describe('what cannot be compared', () => {
  /** A batch whose column came as a number where it was text. */
  const withNumbers = (name: string) => {
    const batch = profileOf({ batch: 'new', columns }, baseline);
    const [number] = profileOf({ batch: 'new', columns: { [name]: normal(150) } }).features;
    return { ...batch, features: batch.features.map((it) => (it.name === name && number ? number : it)) };
  };

  test('a renamed column is one that is missing and one that is new', () => {
    const { petal_length: renamed = [], ...others } = columns;
    const { problems, features } = judge(
      profileOf({ batch: 'new', columns: { ...others, length: renamed } }, baseline),
    );
    expect(problems).toEqual([
      'petal_length (number) of the baseline is missing in the batch',
      'length (number) of the batch is new to the baseline',
    ]);
    expect(features.map(({ name }) => name)).toEqual(['petal_width', 'color', 'kind']);
  });

  test('a changed type is told, and the missing values are compared all the same', () => {
    const { problems, feature } = judge(withNumbers('color'));
    expect(problems).toEqual(['color cannot be compared: it changed its type from category to number']);
    expect(Object.keys(feature('color')?.measures ?? {})).toEqual(['missing']);
  });

  test('a column without values drifts by what is missing, and is told', () => {
    const { problems, feature } = compare({ petal_width: cycle(150, '').map(() => null) });
    expect(problems).toEqual(['petal_width cannot be compared: it has no value in the batch']);
    expect(feature('petal_width')?.measures).toMatchObject({ missing: { value: 1, exceeded: true } });
    expect(feature('petal_width')?.measures.psi).toBeUndefined();
  });

  test('a column without values on both sides is told', () => {
    const empty = { ...columns, petal_width: cycle(150, '').map(() => null) };
    const from = profileOf({ batch: 'champion', label: 'kind', columns: empty });
    expect(judge(profileOf({ batch: 'new', columns: empty }, from), {}, from).problems).toEqual([
      'petal_width cannot be compared: it has no value in the baseline and the batch',
    ]);
  });

  test('a column that is constant on one side alone is told, and one that is so by design is not', () => {
    expect(compare({ color: cycle(150, 'red') }).problems).toEqual([
      'color has the same value in all rows of the batch alone',
    ]);
    const constant = { ...columns, petal_width: normal(150).map(() => 3) };
    const from = profileOf({ batch: 'champion', label: 'kind', columns: constant });
    expect(judge(profileOf({ batch: 'new', columns: constant }, from), {}, from).problems).toEqual([]);
  });

  test('a histogram with other edges is not compared', () => {
    const batch = profileOf({ batch: 'new', columns }, baseline);
    const moved = batch.features.map((it) =>
      it.name === 'petal_length' && it.type === 'number'
        ? { ...it, histogram: { ...it.histogram, edges: it.histogram.edges.map((edge) => edge + 1) } }
        : it,
    );
    const { problems, feature } = judge({ ...batch, features: moved });
    expect(problems.join()).toMatch(
      /^petal_length cannot be compared: it has edge 1 at \S+ in the baseline's histogram/,
    );
    expect(Object.keys(feature('petal_length')?.measures ?? {})).toEqual(['missing']);
  });

  test('a batch that was profiled against another version, or none, is told', () => {
    const batch = profileOf({ batch: 'new', columns }, baseline);
    expect(judge({ ...batch, baseline: 'older' }).problems).toEqual([
      'batch new was profiled against older, not against the baseline champion',
    ]);
    expect(judge({ ...batch, baseline: null }).problems).toEqual([
      'batch new was profiled without a baseline, not against the baseline champion',
    ]);
  });

  test('categories that such a batch does not tell are not compared', () => {
    const batch = profileOf({ batch: 'new', columns }, baseline);
    const features = batch.features.map((it) =>
      it.name === 'color' && it.type === 'category' ? { ...it, top: it.top.slice(0, 1), other: 75 } : it,
    );
    expect(judge({ ...batch, baseline: 'older', features }).problems).toContain(
      'color cannot be compared: it has rows of "blue" in the baseline that the batch may count among others',
    );
  });

  test('another label is told', () => {
    const batch = profileOf({ batch: 'new', columns }, baseline);
    expect(judge({ ...batch, label: null }).problems).toEqual([
      'the label is kind in the baseline and no feature in the batch',
    ]);
  });

  test.each(['baseline', 'batch'])('a %s of 0 rows is told, and nothing is measured', (side) => {
    const none = Object.fromEntries(Object.keys(columns).map((name) => [name, []]));
    const from = profileOf({ batch: 'champion', label: 'kind', columns: side === 'baseline' ? none : columns });
    const batch = profileOf({ batch: 'new', columns: side === 'batch' ? none : columns }, from);
    const { problems, features, drifted } = judge(batch, {}, from);
    expect(problems).toContain(side === 'baseline' ? 'baseline champion has 0 rows' : 'batch new has 0 rows');
    expect(drifted).toBe(false);
    expect(features.flatMap(({ measures }) => Object.keys(measures))).toEqual([]);
  });

  test('a handful of rows says that it is too few, where it would be beyond a limit', () => {
    const few = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.slice(0, 4)]));
    const { drifted, feature } = compare({ ...few, color: cycle(4, 'red') } as Table['columns']);
    expect(drifted).toBe(false);
    expect(feature('color')?.reasons).toEqual([
      expect.stringMatching(/^color: PSI \S+ is above 0\.2, but too few rows came to tell it from chance$/),
    ]);
  });
});
