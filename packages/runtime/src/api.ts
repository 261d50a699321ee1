/**
 * HTTP as every Holdfast process speaks it: routes that are described once, checked before their handler runs, and
 * answered with problem documents when anything fails. A route is one Hono handler without middleware: a request
 * without a body whose handler is synchronous is answered in the same tick.
 */
import { AppError, assert, LIMITS, type Ports } from '@holdfast/base';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, HonoRequest } from 'hono';
import type { z } from 'zod';
import { checkContentType, parseJson, readBody } from './body.ts';
import { check, queryReader } from './check.ts';
import { serveDocs } from './docs.ts';
import type { Logger } from './logger.ts';
import { createDocument, type SecurityScheme } from './openapi.ts';
import { problemMapper, SECURITY_HEADERS } from './problem.ts';
import type { ApiEnv, PrincipalShape, RouteAnswer, RouteHandler, RouteInput, RouteSpec } from './route.ts';

export type ApiOptions<P extends PrincipalShape> = {
  title: string;
  description: string;
  version: string;
  logger: Logger;
  ports: Pick<Ports, 'clock' | 'random'>;
  /**
   * Who sent the request; undefined for nobody. `raw` is the body of routes that have one. May throw an AppError
   * that says more than `unauthenticated`. Called for every route but the open ones.
   */
  authenticate(request: HonoRequest, raw: Uint8Array | undefined): P | undefined | Promise<P | undefined>;
  /** An error of what lies beneath the routes in the words of the table; others as they are. */
  mapError?(error: unknown): unknown;
  /** For the API page; a kind that is not listed uses a bearer token. */
  securitySchemes?: Partial<Record<P['kind'], SecurityScheme>>;
};

/** An app under construction. */
export type Api<P extends PrincipalShape> = {
  /** For `listen`, for tests (`app.request`), and for what is no route, such as static files. */
  app: OpenAPIHono<ApiEnv>;
  route<const S extends RouteSpec<P['kind']>>(spec: S, handler: RouteHandler<S, P>): void;
};

/** What of a route is known before the first request. */
type Plan<P extends PrincipalShape> = {
  spec: RouteSpec;
  handler: (input: RouteInput<RouteSpec, P>) => RouteAnswer | Promise<RouteAnswer>;
  status: number;
  query: ((request: HonoRequest) => unknown) | undefined;
};

const JSON_TYPES = ['application/json'];
const JSON_HEADERS = { ...SECURITY_HEADERS, 'content-type': 'application/json' } as const;

/** An empty app with `/docs` and `/openapi.json`. Register all routes before the first request. */
export function createApi<P extends PrincipalShape>(options: ApiOptions<P>): Api<P> {
  const app = new OpenAPIHono<ApiEnv>();
  const { title, description, version } = options;
  const problem = problemMapper(options);
  const document = createDocument(app, { title, description, version }, { ...options.securitySchemes });
  const paths: { method: string; pattern: RegExp }[] = [
    { method: 'get', pattern: /^\/(openapi\.json|docs(\/[^/]+)?)$/ },
  ];
  serveDocs(app, title, document.render);
  app.onError((error) => problem(options.mapError ? options.mapError(error) : error));
  app.notFound((context) => problem(notFound(context, paths)));
  return {
    app,
    route(spec, handler) {
      assert(spec.body === undefined || spec.rawBody === undefined, `${spec.path} has two bodies`);
      document.add(spec);
      paths.push({ method: spec.method, pattern: pathPattern(spec.path) });
      const plan: Plan<P> = {
        spec,
        // The handler's input is typed by its own spec; here that type is forgotten, `run` provides what it says.
        handler: handler as unknown as Plan<P>['handler'],
        status: successStatus(spec),
        query: spec.query === undefined ? undefined : queryReader(spec.query),
      };
      app.on(spec.method, honoPath(spec.path), (context) => serve(plan, options, context));
    },
  };
}

function serve<P extends PrincipalShape>(
  plan: Plan<P>,
  options: ApiOptions<P>,
  context: Context<ApiEnv>,
): Response | Promise<Response> {
  const { body, rawBody } = plan.spec;
  if (body === undefined && rawBody === undefined) return admit(plan, options, context, undefined);
  const maxBytes = body === undefined ? rawBody?.maxBytes : body.maxBytes;
  return readBody(context, maxBytes ?? LIMITS.requestBytesMax).then((raw) =>
    admit(plan, options, context, raw),
  );
}

/** Lets the caller in, or throws `unauthenticated` or `forbidden`. */
function admit<P extends PrincipalShape>(
  plan: Plan<P>,
  options: ApiOptions<P>,
  context: Context<ApiEnv>,
  raw: Uint8Array | undefined,
): Response | Promise<Response> {
  const { access } = plan.spec;
  if (access === 'open') return run(plan, context, raw, undefined);
  const principal = options.authenticate(context.req, raw);
  if (!(principal instanceof Promise)) return run(plan, context, raw, allowed(access, principal));
  return principal.then((known) => run(plan, context, raw, allowed(access, known)));
}

function allowed<P extends PrincipalShape>(access: readonly string[], principal: P | undefined): P {
  if (principal === undefined) throw new AppError('unauthenticated');
  if (access.includes(principal.kind)) return principal;
  throw new AppError(
    'forbidden',
    `This needs the rights of: ${access.join(', ')}; these are of: ${principal.kind}.`,
  );
}

function run<P extends PrincipalShape>(
  plan: Plan<P>,
  context: Context<ApiEnv>,
  raw: Uint8Array | undefined,
  principal: P | undefined,
): Response | Promise<Response> {
  const { spec } = plan;
  const request = context.req;
  if (raw !== undefined) {
    checkContentType(request.header('content-type'), spec.rawBody?.contentTypes ?? JSON_TYPES);
  }
  const input = {
    params: spec.params === undefined ? undefined : checkParams(spec.params, request),
    query:
      spec.query === undefined
        ? undefined
        : check(spec.query, plan.query?.(request), {
            code: 'invalid_query',
            message: 'The query is not valid.',
          }),
    body: spec.body === undefined || raw === undefined ? undefined : checkBody(spec.body.schema, raw),
    raw,
    principal,
    request,
    context,
  };
  // Typed for a spec nobody knows here, each member is `undefined`; the plan's handler knows better.
  const answer = plan.handler(input as unknown as RouteInput<RouteSpec, P>);
  return answer instanceof Promise ? answer.then((known) => respond(plan, known)) : respond(plan, answer);
}

function checkBody(schema: z.ZodType, raw: Uint8Array): unknown {
  return check(schema, parseJson(raw), {
    code: 'invalid_request',
    message: 'The body does not fit its schema.',
  });
}

/** A parameter that cannot be names nothing, which is what `not_found` says. */
function checkParams(schema: z.ZodObject, request: HonoRequest): unknown {
  return check(schema, request.param(), { code: 'not_found', message: 'There is nothing at this address.' });
}

function respond<P extends PrincipalShape>(plan: Plan<P>, answer: RouteAnswer): Response {
  if (answer instanceof Response) {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      if (!answer.headers.has(name)) answer.headers.set(name, value);
    }
    return answer;
  }
  if (answer.body === undefined) {
    return new Response(null, {
      status: answer.status ?? (plan.status === 200 ? 204 : plan.status),
      headers: { ...SECURITY_HEADERS, ...answer.headers },
    });
  }
  return new Response(JSON.stringify(answer.body), {
    status: answer.status ?? plan.status,
    headers: answer.headers === undefined ? JSON_HEADERS : { ...JSON_HEADERS, ...answer.headers },
  });
}

function notFound(context: Context, paths: { method: string; pattern: RegExp }[]): AppError {
  const { path } = context.req;
  const methods = new Set(
    paths.filter((known) => known.pattern.test(path)).map(({ method }) => method.toUpperCase()),
  );
  if (methods.has('GET')) methods.add('HEAD');
  if (methods.size === 0 || methods.has(context.req.method)) return new AppError('not_found');
  return new AppError('method_not_allowed', `${context.req.method} is not allowed here.`, {
    headers: { allow: [...methods].sort().join(', ') },
  });
}

function successStatus(spec: RouteSpec): number {
  const successes = Object.keys(spec.responses)
    .map(Number)
    .filter((status) => status >= 200 && status < 300);
  return successes.length === 0 ? 200 : Math.min(...successes);
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function pathPattern(path: string): RegExp {
  const literal = path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}
