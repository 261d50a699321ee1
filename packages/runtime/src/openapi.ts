/** The OpenAPI 3.1 document: one operation for each route, with the answers every route shares. */
import { LIMITS } from '@holdfast/base';
import { Problem } from '@holdfast/protocol';
import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi';
import { z } from 'zod';
import type { ApiEnv, ResponseSpec, RouteSpec } from './route.ts';

/** How a kind of principal shows who it is, as OpenAPI names it. */
export type SecurityScheme =
  | { type: 'http'; scheme: string; bearerFormat?: string; description?: string }
  | { type: 'apiKey'; in: 'header' | 'cookie' | 'query'; name: string; description?: string };

export type DocumentInfo = { title: string; description: string; version: string };

/** The document in the making; `render` is called once, when all routes stand. */
export type ApiDocument = {
  add(spec: RouteSpec): void;
  render(): object;
};

const BEARER: SecurityScheme = { type: 'http', scheme: 'bearer' };

const PROBLEM_REF = { $ref: '#/components/schemas/Problem' } as const;

/** OpenAPI 3.1 takes JSON Schema as it is; the registry's types know less of it. */
type OpenAPIComponent = { type: 'object' };

/** Which problem statuses an operation may answer with, beside those it names itself. */
const SHARED = [
  [400, 'The request is malformed.', () => true],
  [401, 'Credentials are missing or not valid.', (spec) => spec.access !== 'open'],
  [403, 'The credentials do not allow it.', (spec) => spec.access !== 'open'],
  [404, 'There is nothing here.', () => true],
  [413, 'The body is larger than allowed.', hasBody],
  [415, 'The content type is not accepted.', hasBody],
  [422, 'The request does not fit its schema.', hasBody],
  [429, 'Too many tries; see Retry-After.', () => true],
  [500, 'An error inside; the log has it under the trace id.', () => true],
  [503, 'Not available now; see Retry-After.', () => true],
] as const satisfies [number, string, (spec: RouteSpec) => boolean][];

/** Starts the document on the registry of `app`. Kinds without a scheme of their own use a bearer token. */
export function createDocument(
  app: OpenAPIHono<ApiEnv>,
  info: DocumentInfo,
  schemes: Readonly<Record<string, SecurityScheme>>,
): ApiDocument {
  const registry = app.openAPIRegistry;
  // Registered as JSON Schema: `register` wants a schema made after zod was extended, which import order
  // decides. The input side leaves room for further members, as RFC 9457 wants it.
  const { $schema: _, ...problem } = z.toJSONSchema(Problem, { io: 'input' });
  registry.registerComponent('schemas', 'Problem', problem as OpenAPIComponent);
  for (const [status, description] of SHARED) {
    registry.registerComponent('responses', `Problem${status}`, {
      description,
      content: { 'application/problem+json': { schema: PROBLEM_REF } },
    });
  }
  const kinds = new Set<string>();
  return {
    add(spec) {
      for (const kind of spec.access === 'open' ? [] : spec.access) {
        if (!kinds.has(kind)) registry.registerComponent('securitySchemes', kind, schemes[kind] ?? BEARER);
        kinds.add(kind);
      }
      registry.registerPath(operation(spec));
    },
    render: () => app.getOpenAPI31Document({ openapi: '3.1.0', info }),
  };
}

function operation(spec: RouteSpec): RouteConfig {
  const responses: RouteConfig['responses'] = {};
  for (const [status, description, applies] of SHARED) {
    if (applies(spec)) responses[status] = { $ref: `#/components/responses/Problem${status}`, description };
  }
  for (const [status, response] of Object.entries(spec.responses)) {
    const example = hasBody(spec) || Number(status) >= 300 ? undefined : spec.example;
    responses[status] = answer(response, example, Number(status) >= 400);
  }
  return {
    method: spec.method,
    path: spec.path,
    summary: spec.summary,
    tags: [...spec.tags],
    operationId: operationId(spec),
    ...(spec.description === undefined ? {} : { description: spec.description }),
    security: spec.access === 'open' ? [] : spec.access.map((kind) => ({ [kind]: [] })),
    request: {
      ...(spec.query === undefined ? {} : { query: spec.query }),
      ...(spec.params === undefined ? {} : { params: spec.params }),
      ...requestBody(spec),
    },
    responses,
  };
}

function requestBody(spec: RouteSpec): Pick<NonNullable<RouteConfig['request']>, 'body'> {
  const example = spec.example === undefined ? {} : { example: spec.example };
  if (spec.body !== undefined) {
    const maxBytes = spec.body.maxBytes ?? LIMITS.requestBytesMax;
    const content = { 'application/json': { schema: spec.body.schema, ...example } };
    return { body: { required: true, description: `At most ${maxBytes} bytes.`, content } };
  }
  if (spec.rawBody === undefined) return {};
  const { contentTypes, maxBytes, description } = spec.rawBody;
  const schema = spec.rawBody.schema ?? ({ type: 'string', format: 'binary' } as const);
  const content = Object.fromEntries(contentTypes.map((type) => [type, { schema, ...example }]));
  return { body: { required: true, description: `${description} At most ${maxBytes} bytes.`, content } };
}

/** An error without a schema of its own is a problem document. */
function answer(spec: ResponseSpec, example: unknown, isError: boolean): RouteConfig['responses'][string] {
  const headers = Object.entries(spec.headers ?? {}).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' as const } },
  ]);
  const isProblem = isError && spec.schema === undefined && spec.contentType === undefined;
  const schema = spec.schema ?? (isProblem ? PROBLEM_REF : ({ type: 'string' } as const));
  const type = spec.contentType ?? (isProblem ? 'application/problem+json' : 'application/json');
  const hasContent = spec.schema !== undefined || spec.contentType !== undefined || isProblem;
  return {
    description: spec.description,
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(hasContent ? { content: { [type]: { schema, ...(example === undefined ? {} : { example }) } } } : {}),
  };
}

/** `get /edge/transactions/{id}` is `get_edge_transactions_id`: what generated clients name their functions by. */
function operationId({ method, path }: RouteSpec): string {
  return `${method}_${path
    .replaceAll(/[{}]/g, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '')}`;
}

function hasBody(spec: RouteSpec): boolean {
  return spec.body !== undefined || spec.rawBody !== undefined;
}
