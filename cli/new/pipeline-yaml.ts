import type { ColumnValues } from './column-values.ts';
import type { Inferred } from './infer.ts';
import { yamlText } from './yaml-text.ts';

/** Starting points that suit small tables and large ones: fewer passes over more rows. */
const STEPS = 2_000;
const LEAST_EPOCHS = 10;
const MOST_EPOCHS = 100;
const LINE_LIMIT = 118;
/** Whole numbers of so few values are listed, rather than held within a range. */
const FEW_VALUES = 10;

/** pipeline.yaml, with limits that the sample suggests. */
export function pipelineYaml(name: string, prefix: string, inferred: Inferred): string {
  const { features, target, badShare, rows } = inferred;
  const batchSize = rows < 5_000 ? 32 : rows < 50_000 ? 128 : 512;
  const epochs = Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, Math.round((STEPS * batchSize) / (rows * 0.8))));
  const maxBadFraction = Math.max(0.1, Math.min(1, Math.ceil(badShare * 120) / 100));
  const about = `Predicts ${target.name} by ${features.length} ${features.length === 1 ? 'column' : 'columns'}.`;
  return [
    '# yaml-language-server: $schema=../../pipeline.schema.json',
    `name: ${name}`,
    `description: ${blockText(about)}`,
    'landing:',
    `  prefix: ${blockText(prefix)}`,
    "  pattern: '*.csv'",
    '  quietPeriod: 2s # short, for trying it out: the default of 30s gathers more files into one run',
    '  maxWait: 5m',
    'process:',
    `  parameters: { maxBadFraction: ${maxBadFraction} }`,
    '  # What the sample was like, with some slack. Take the # away from what must hold of every batch.',
    '  # checks:',
    ...checks(inferred).map((check) => `  #   - ${check}`),
    '  resources: { cores: 1, memory: 1g, executors: 1 }',
    '  timeout: 30m',
    'train:',
    `  parameters: { epochs: ${epochs}, batchSize: ${batchSize}, learningRate: 0.005, hidden: 32, dropout: 0.2, seed: 7 }`,
    '  workers: 1',
    '  resources: { cpu: 1, memory: 2Gi }',
    '  timeout: 2h',
    'validate:',
    '  metrics:',
    ...metrics(inferred),
    ...drift(features),
    'rollout:',
    '  resources: { cpu: 500m, memory: 1Gi }',
    '  timeout: 10m',
    '',
  ].join('\n');
}

/** A text outside of braces, where fewer signs need quotes. */
function blockText(text: string): string {
  return /^[A-Za-z][\w ./()-]*$/.test(text) ? text : yamlText(text);
}

function metrics({ task, target }: Inferred): string[] {
  if (task === 'classification') {
    const [[label, most] = ['', 0]] = target.counts;
    const guess = Math.floor((most / Math.max(1, target.present)) * 100) / 100;
    return [
      `    # To answer ${oneLine(label)} always is right in ${guess} of the sample: raise min to what a good model reaches.`,
      `    accuracy: { min: ${guess}, worseByAtMost: 0.05 }`,
    ];
  }
  return [
    '    # r2 is 0 for whoever always answers the mean: raise min to what a good model reaches.',
    '    r2: { min: 0 }',
    `    rmse: { worseByAtMost: ${Number(((target.spread ?? 1) * 0.05).toPrecision(2))}, better: lower }`,
  ];
}

function oneLine(label: string): string {
  return label.replace(/\s+/g, ' ').slice(0, 40);
}

/** Dates always move on: that is no drift. */
function drift(features: ColumnValues[]): string[] {
  const dates = features.filter(({ kind }) => kind === 'date');
  const ignored = dates.map(({ name }) => `      ${yamlText(name)}: { ignore: true }`);
  return ignored.length > 0 ? ['  drift:', '    features:', ...ignored] : [];
}

function checks({ features, target, task, rows, isPart }: Inferred): string[] {
  const columns = task === 'regression' ? [...features, target] : features;
  const found = columns.flatMap((column) => check(column)).filter((line) => line.length <= LINE_LIMIT);
  const classes = task === 'classification' ? [allowed(target)].filter((line) => line.length <= LINE_LIMIT) : [];
  return [...found, ...classes, `rows: { min: ${isPart ? 100 : Math.max(1, Math.floor(rows / 10))} }`];
}

function check(column: ColumnValues): string[] {
  const { name, kind, min, max } = column;
  if (kind === 'category') return [allowed(column)];
  if (min === undefined || max === undefined) return [];
  if (kind === 'integer' && column.counts.size <= FEW_VALUES) {
    const values = [...column.counts.keys()].map(Number).sort((one, other) => one - other);
    return [`{ column: ${yamlText(name)}, allowed: [${values.join(', ')}] }`];
  }
  const slack = (max - min) / 2;
  const low = min >= 0 && min < slack ? 0 : outward(min - slack, Math.floor);
  return [`{ column: ${yamlText(name)}, min: ${low}, max: ${outward(max + slack, Math.ceil)} }`];
}

function allowed({ name, counts }: ColumnValues): string {
  return `{ column: ${yamlText(name)}, allowed: [${[...counts.keys()].sort().map(yamlText).join(', ')}] }`;
}

/** A limit in two digits, further out rather than in. */
function outward(value: number, round: (value: number) => number): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  return Number((round(value / unit) * unit).toPrecision(2));
}
