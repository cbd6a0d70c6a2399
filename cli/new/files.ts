import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Inferred } from './infer.ts';
import { pipelineYaml } from './pipeline-yaml.ts';
import type { Sample } from './read-csv.ts';
import { schemaPy } from './schema-py.ts';

const TEMPLATES = join(import.meta.dirname, 'templates');

/** The files of a pipeline by their path in its folder; pipeline.yaml is last, for only with it the folder counts. */
export function pipelineFiles(name: string, prefix: string, inferred: Inferred, sample: Sample): Map<string, string> {
  const template = (file: string) => readFileSync(join(TEMPLATES, file), 'utf8').replaceAll('__NAME__', name);
  return new Map([
    ['schema.py', schemaPy(inferred)],
    ['process.py', template('process.py')],
    ['model.py', template(`${inferred.task}/model.py`)],
    ['train.py', template('train.py')],
    ['predictor.py', template('predictor.py')],
    // Test files of several pipelines run together, and must not have the same name.
    [`test_${name.replaceAll('-', '_')}.py`, template('test_pipeline.py')],
    [`sample/${name}.csv`, csv(sample)],
    ['pipeline.yaml', pipelineYaml(name, prefix, inferred)],
  ]);
}

/** The rows that were read, with the header, as CSV. */
function csv({ header, rows, delimiter }: Sample): string {
  const cell = (text: string) =>
    text.includes(delimiter) || text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text;
  return [header, ...rows].map((row) => `${row.map(cell).join(delimiter)}\n`).join('');
}
