/**
 * What a route says about itself. The types of a handler's input, the checks before it and the page at `/docs`
 * all come from one {@link RouteSpec}.
 */
import type { HttpBindings } from '@hono/node-server';
import type { Context, HonoRequest } from 'hono';
import type { z } from 'zod';

/** Behind `listen` the Node request is at hand; a test that calls `app.request` has none. */
export type ApiEnv = { Bindings: Partial<HttpBindings> };

/** Who calls; an app adds what its handlers need. `kind` is what a route's `access` lists. */
export type PrincipalShape = { kind: string };

/** One answer of a route, for the API page. */
export type ResponseSpec = {
  description: string;
  schema?: z.ZodType;
  /** `application/json` unless said otherwise. */
  contentType?: string;
  /** Name and meaning of the headers worth knowing. */
  headers?: Record<string, string>;
};

/** A body that the handler reads itself, byte for byte. */
export type RawBodySpec = {
  contentTypes: readonly string[];
  maxBytes: number;
  description: string;
  /** For the API page alone; nothing is checked against it. */
  schema?: z.ZodType;
};

export type RouteSpec<Access extends string = string> = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As OpenAPI writes it: `/edge/transactions/{id}`. */
  path: string;
  summary: string;
  description?: string;
  tags: readonly string[];
  /** The kinds of principal that may call, or `open` for anybody. */
  access: readonly Access[] | 'open';
  query?: z.ZodObject;
  params?: z.ZodObject;
  /** A JSON body; `maxBytes` is `LIMITS.requestBytesMax` unless said otherwise. */
  body?: { schema: z.ZodType; maxBytes?: number };
  rawBody?: RawBodySpec;
  responses: Record<number, ResponseSpec>;
  /** Of the request if it has a body, of the answer otherwise. */
  example?: unknown;
};

type OutputOf<S, K extends string> = S extends { readonly [P in K]: infer Z extends z.ZodType }
  ? z.output<Z>
  : undefined;

type BodyOf<S> = S extends { readonly body: { readonly schema: infer Z extends z.ZodType } }
  ? z.output<Z>
  : undefined;

type RawOf<S> = S extends { readonly body: object } | { readonly rawBody: object } ? Uint8Array : undefined;

type PrincipalOf<S, P extends PrincipalShape> = S extends { readonly access: readonly (infer A)[] }
  ? Extract<P, { kind: A }>
  : undefined;

/** What a handler gets: everything checked, typed by the schemas of its route. */
export type RouteInput<S, P extends PrincipalShape> = {
  query: OutputOf<S, 'query'>;
  params: OutputOf<S, 'params'>;
  body: BodyOf<S>;
  /** The bytes of the body as they came, for routes that have one. */
  raw: RawOf<S>;
  /** Undefined for open routes, which never authenticate. */
  principal: PrincipalOf<S, P>;
  request: HonoRequest;
  context: Context<ApiEnv>;
};

/**
 * What a handler may return. A plain object is sent as JSON with `status`, or the lowest 2xx status of the route;
 * without a `body` the answer is empty (204 unless said otherwise). A `Response` must be one whose headers can be set.
 */
export type RouteAnswer = Response | { status?: number; body?: unknown; headers?: Record<string, string> };

export type RouteHandler<S, P extends PrincipalShape> = (
  input: RouteInput<S, P>,
) => RouteAnswer | Promise<RouteAnswer>;
