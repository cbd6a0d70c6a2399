import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { openApiDocument } from '../../functions/http/openapi.ts';

/** An answer of the HTTP API, as its caller has it. */
export interface ApiAnswer {
  method: string;
  /** As it was asked for, without query, below `/api/`. */
  path: string;
  status: number;
  headers: { get(name: string): string | null };
  body: unknown;
}

/** Holds answers against the document of the HTTP API. */
export interface ApiRecorder {
  /** Refuses an answer that is not as documented, and remembers one that is. */
  check(answer: ApiAnswer): void;
  /** What a component's schema says against a value; nothing where it fits. */
  problems(schema: string, value: unknown): string | undefined;
  /** The operation that a request is for. */
  operationOf(method: string, path: string): DocumentedOperation | undefined;
  /** The answers that were seen, each as `operation status`. */
  seen: Set<string>;
  /** All answers that are documented, in the same form. */
  documented: string[];
}

/** An operation of the document with its place there. */
export type DocumentedOperation = ReturnType<typeof operations>[number];

/** A recorder for the document that the app serves. */
export function createApiRecorder(): ApiRecorder {
  const document = openApiDocument();
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  formats.default(ajv);
  ajv.addVocabulary(Object.keys(document));
  ajv.addSchema(document, 'document');
  const known = operations(document);
  const compiled = new Map<string, ValidateFunction>();
  const seen = new Set<string>();

  const problems = (schema: string, value: unknown): string | undefined => {
    const validate = compiled.get(schema) ?? ajv.compile({ $ref: `document#/components/schemas/${schema}` });
    compiled.set(schema, validate);
    return validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: schema, separator: '\n' });
  };
  const operationOf = (method: string, path: string) =>
    known.find((operation) => operation.method === method && operation.pattern.test(path));

  return {
    seen,
    problems,
    operationOf,
    documented: known.flatMap(({ operationId, responses }) =>
      Object.keys(responses).map((status) => `${operationId} ${status}`),
    ),
    check({ method, path, status, headers, body }) {
      const what = `${method} ${path} answered ${status}`;
      const operation = operationOf(method, path);
      if (!operation) throw new Error(`${what}, and is no documented route`);
      const response = operation.responses[status];
      if (!response) throw new Error(`${what}, which is not documented: ${JSON.stringify(body)}`);
      const [[mediaType, { schema }] = ['none', { schema: { $ref: '' } }]] = Object.entries(response.content);
      if (!headers.get('content-type')?.startsWith(mediaType))
        throw new Error(`${what} as ${headers.get('content-type')}, not as ${mediaType}`);
      for (const [name, { required }] of Object.entries(response.headers ?? {}))
        if (required && headers.get(name) === null) throw new Error(`${what} without header ${name}`);
      const wrong = problems(schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1), body);
      if (wrong !== undefined) throw new Error(`${what} otherwise than documented:\n${wrong}\n${JSON.stringify(body)}`);
      seen.add(`${operation.operationId} ${status}`);
    },
  };
}

function operations({ paths }: ReturnType<typeof openApiDocument>) {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      ...operation,
      path,
      method: method.toUpperCase(),
      pattern: new RegExp(
        `^/?${path
          .slice(1)
          .replaceAll('.', '\\.')
          .replace(/\{\w+\}/g, '[^/]+')}$`,
      ),
    })),
  );
}
