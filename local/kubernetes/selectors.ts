import { at, type KubeObject } from './kube-object.ts';
import type { Resource } from './resources.ts';
import { badRequest } from './status-error.ts';

type Test = (object: KubeObject) => boolean;

/** Reads labelSelector and fieldSelector into one test. */
export function selectorOf(resource: Resource, query: URLSearchParams): Test {
  const tests = [
    ...labelTests(query.get('labelSelector') ?? ''),
    ...fieldTests(resource, query.get('fieldSelector') ?? ''),
  ];
  return (object) => tests.every((test) => test(object));
}

// As apimachinery's lexer: operators, parentheses and commas stand alone, all else is a word.
const TOKENS = /\s*(!=|==|[=!(),<>]|[^\s=!(),<>]+)\s*/y;

function labelTests(text: string): Test[] {
  const words: string[] = [];
  TOKENS.lastIndex = 0;
  for (let match = TOKENS.exec(text); match; match = TOKENS.exec(text)) words.push(match[1] ?? '');
  const tests: Test[] = [];
  while (words.length) {
    tests.push(labelTest(words));
    const next = words.shift();
    if (next !== undefined && next !== ',') throw badRequest(`found '${next}', expected: ',' or 'end of string'`);
  }
  return tests;
}

function labelTest(words: string[]): Test {
  const first = words.shift() ?? '';
  const isNegated = first === '!';
  const key = isNegated ? (words.shift() ?? '') : first;
  if (!/^[A-Za-z0-9]/.test(key))
    throw badRequest(`unable to parse requirement: found '${key}', expected: !, identifier, or 'end of string'`);
  const value = (object: KubeObject) => object.metadata.labels?.[key];
  if (isNegated) return (object) => value(object) === undefined;
  if (words[0] === undefined || words[0] === ',') return (object) => value(object) !== undefined;
  const operator = words.shift() ?? '';
  if (operator === 'in' || operator === 'notin') {
    const values = valuesOf(words);
    return (object) => values.includes(value(object) ?? '\0') === (operator === 'in');
  }
  if (!['=', '==', '!='].includes(operator))
    throw badRequest(`unable to parse requirement: found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
  const wanted = words[0] === undefined || words[0] === ',' ? '' : (words.shift() ?? '');
  return (object) => (value(object) === wanted) === (operator !== '!=');
}

function valuesOf(words: string[]): string[] {
  const values: string[] = [];
  if (words.shift() !== '(') throw badRequest("unable to parse requirement: found '', expected: '('");
  for (let word = words.shift(); word !== ')'; word = words.shift()) {
    if (word === undefined) throw badRequest("unable to parse requirement: found '', expected: ',', ')' or identifier");
    if (word !== ',') values.push(word);
  }
  return values;
}

const FIELDS: Record<string, string[]> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  Namespace: ['status.phase'],
  Node: ['spec.unschedulable'],
  Secret: ['type'],
  Job: ['status.successful'],
};

function fieldTests({ kind }: Resource, text: string): Test[] {
  const parts = text.split(',').filter(Boolean);
  return parts.map((part) => {
    const [, field = '', operator, wanted = ''] = /^(.*?)(!=|==?)(.*)$/.exec(part) ?? [];
    if (!operator) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    if (!['metadata.name', 'metadata.namespace', ...(FIELDS[kind] ?? [])].includes(field))
      throw badRequest(`field label not supported: ${field}`);
    return (object) => (String(at(object, ...field.split('.')) ?? '') === wanted) === (operator !== '!=');
  });
}
