import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { CliError } from '../cli-error.ts';
import { findings } from './findings.ts';
import { offsetOf } from './offset-of.ts';

const SCHEMA = resolve(import.meta.dirname, '../../workloads/pipeline.schema.json');

/** A check of pipeline.yaml files, by path and the name to tell, against the schema of this checkout: each problem as `file:line:column: field: what`. */
export function createChecker(schemaFile = SCHEMA): (path: string, file: string) => string[] {
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as object;
  // verbose: an error brings its part of the schema along, whose description tells what is expected.
  const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true, strict: false });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  return (path, file) => {
    const lines = new LineCounter();
    const document = parseDocument(read(path), { lineCounter: lines, prettyErrors: false });
    const at = (offset: number) => {
      const { line, col } = lines.linePos(offset);
      return `${file}:${line || 1}:${col || 1}`;
    };
    if (document.errors.length > 0) return document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message}`);
    const value = plainValue(document);
    if ('problem' in value) return [`${at(0)}: ${value.problem}`];
    if (validate(value.is)) return [];
    return findings(validate.errors ?? []).map(({ path: steps, message }) => {
      const field = steps.length > 0 ? `${steps.join('.')}: ` : '';
      return `${at(offsetOf(document, steps))}: ${field}${message}`;
    });
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}.`, 'Check its path.');
  }
}

/** Aliases that multiply without end are refused by the parser only here. */
function plainValue(document: Document): { is: unknown } | { problem: string } {
  try {
    return { is: document.toJS() };
  } catch (error) {
    if (error instanceof ReferenceError) return { problem: error.message };
    throw error;
  }
}
