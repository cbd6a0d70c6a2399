import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { pipelineSchema, type Pipeline } from './pipeline.ts';

/** The pipeline that a YAML text declares, or every problem in it as `file:line:column: field: what is wrong`. */
export function parsePipeline(text: string, file: string): { pipeline: Pipeline } | { problems: string[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return { problems: document.errors.map((error) => `${at(file, lines, error.pos[0])}: ${error.message}`) };
  }
  const value = plainValue(document);
  if ('problem' in value) return { problems: [`${at(file, lines, 0)}: ${value.problem}`] };
  const parsed = pipelineSchema.safeParse(value.is);
  if (parsed.success) return { pipeline: parsed.data };
  return { problems: parsed.error.issues.map((issue) => describe(issue, document, lines, file)) };
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

function describe(issue: z.core.$ZodIssue, document: Document, lines: LineCounter, file: string): string {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = unknown === undefined ? issue.path : [...issue.path, unknown];
  const field = path.length > 0 ? `${path.map(String).join('.')}: ` : '';
  return `${at(file, lines, offsetOf(document, path))}: ${field}${unknown === undefined ? issue.message : 'unknown field'}`;
}

/** Offset of a field's key, or of the nearest field around it that the file has. */
function offsetOf(document: Document, path: PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    if (!isMap(parent)) continue;
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path[length - 1]);
    if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0];
  }
  return 0;
}

function at(file: string, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${file}:${line}:${col}`;
}
