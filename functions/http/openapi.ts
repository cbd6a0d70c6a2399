import { z } from 'zod';
import { SCHEMAS, type SchemaName } from './schemas/api-schemas.ts';
import { OPERATIONS, type OperationId } from './routes.ts';
import { PATH_PARAMETERS, TOPICS, type Answer, type Route } from './routes/route.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description?: string;
  example?: unknown;
  schema: JsonSchema;
}

interface Content {
  content: Record<string, { schema: { $ref: string } }>;
}

interface Operation {
  operationId: OperationId;
  tags: string[];
  summary: string;
  description: string;
  parameters?: Parameter[];
  requestBody?: Content & { required: boolean };
  responses: Record<
    string,
    Content & { description: string; headers?: Record<string, Omit<Parameter, 'name' | 'in'>> }
  >;
}

/** The parts of an OpenAPI document that ours has. https://spec.openapis.org/oas/v3.1.1.html */
export interface OpenApi {
  openapi: string;
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  tags: { name: string }[];
  security: Record<string, string[]>[];
  paths: Record<string, Partial<Record<'get' | 'post', Operation>>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, Record<string, string>> };
}

const DESCRIPTION =
  'Drop data in the lake; get a validated, deployed model. Every route wants a function key. Where App Service ' +
  'authentication is on, it also wants an app role: Readers look, Operators start, stop and promote, Reviewers decide.';

/** The document of the HTTP API, made from its table of routes. */
export function openApiDocument(): OpenApi {
  const paths: OpenApi['paths'] = {};
  for (const [id, route] of OPERATIONS) {
    paths[`/${route.path}`] = { ...paths[`/${route.path}`], [route.method.toLowerCase()]: operation(id, route) };
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Landfall', version: '1.0.0', description: DESCRIPTION },
    servers: [{ url: '/api' }],
    tags: TOPICS.map((name) => ({ name })),
    security: [{ functionKey: [] }, { functionKeyInQuery: [] }],
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key', description: 'Function key of the app.' },
        functionKeyInQuery: { type: 'apiKey', in: 'query', name: 'code', description: 'The same key.' },
      },
    },
  };
}

function operation(operationId: OperationId, route: Route): Operation {
  const { topic, role, summary, description, body, answers } = route;
  const parameters = parametersOf(route);
  return {
    operationId,
    tags: [topic],
    summary,
    description: `${description ? `${description} ` : ''}App role: ${role === 'Reader' ? 'any' : role}.`,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: body.required, ...content(body.schema) } }),
    responses: Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, response(answer)])),
  };
}

function response({ description, schema, headers }: Answer) {
  const shown = headers && parameters('header', headers).map(({ name, in: _, ...header }) => [name, header] as const);
  return { description, ...(shown && { headers: Object.fromEntries(shown) }), ...content(schema) };
}

function content(schema: SchemaName): Content {
  const mediaType = schema === 'Problem' ? 'application/problem+json' : 'application/json';
  return { content: { [mediaType]: { schema: { $ref: reference(schema) } } } };
}

function parametersOf({ path, query, headers }: Route): Parameter[] {
  const named = parameters('path', PATH_PARAMETERS).filter(({ name }) => path.includes(`{${name}}`));
  return [...named, ...(query ? parameters('query', query) : []), ...(headers ? parameters('header', headers) : [])];
}

function parameters(where: Parameter['in'], schema: z.ZodObject): Parameter[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', override: tidy });
  return Object.entries(properties as Record<string, JsonSchema>).map(([name, property]) => {
    const { description, examples, ...rest } = property;
    return {
      name,
      in: where,
      required: required.includes(name),
      ...(description !== undefined && { description }),
      ...(examples?.length && { example: examples[0] as unknown }),
      schema: rest,
    };
  });
}

/** Bodies as they are on the wire, before anybody parses them. */
function componentSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: reference, override: tidy });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id, ...schema }]) => [id, schema satisfies JsonSchema]),
  );
}

const reference = (id: string): string => `#/components/schemas/${id}`;

/** Leaves out what says nothing to a reader: the pattern behind a date, the bounds of any integer, keys that are text. */
function tidy({ jsonSchema }: { jsonSchema: JsonSchema }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (JSON.stringify(jsonSchema.propertyNames) === '{"type":"string"}') delete jsonSchema.propertyNames;
}
