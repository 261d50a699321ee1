/** The one place where an error becomes an HTTP answer: an RFC 9457 problem document. */
import { AppError, CODES, type Ports, uuidV7 } from '@holdfast/base';
import type { Problem } from '@holdfast/protocol';
import type { Logger } from './logger.ts';

/** Where the pages of the codes are; the `type` of a problem is this and its code. */
export const ERROR_TYPE_BASE = 'https://holdfast.dev/errors/';

/** Sent with every answer. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
} as const;

const FAULTS_MAX = 20;
/** Characters of a detail that are logged: it may repeat what a stranger sent. */
const LOGGED_MAX = 200;

/**
 * The problem document of `error`, as a finished answer. An error that is no AppError becomes `internal`: its
 * message and stack go to the log and never into the body. The trace id joins the two.
 */
export function toProblem(
  error: unknown,
  { traceId, logger }: { traceId: string; logger: Logger },
): Response {
  const shown = error instanceof AppError ? error : new AppError('internal', undefined, { cause: error });
  const { status, title, action } = CODES[shown.code];
  const problem = {
    ...shown.extra,
    type: `${ERROR_TYPE_BASE}${shown.code}`,
    title,
    status,
    detail: shown.message,
    code: shown.code,
    action,
    trace_id: traceId,
    ...(shown.faults.length === 0 ? {} : { errors: shown.faults.slice(0, FAULTS_MAX) }),
  } satisfies Problem;
  const line = { trace_id: traceId, code: shown.code, err: shown === error ? shown : asError(error) };
  if (shown.code === 'internal') logger.error(line, 'request failed inside');
  else if (status >= 500) logger.warn(line, 'request failed');
  else {
    const detail = shown.message.slice(0, LOGGED_MAX);
    logger.debug({ trace_id: traceId, code: shown.code, detail }, 'request refused');
  }
  return new Response(JSON.stringify(problem), {
    status,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': 'application/problem+json',
      ...(shown.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer' } : {}),
      ...shown.headers,
    },
  });
}

/** Maps errors with fresh trace ids: what `app.onError` and the routes share. */
export function problemMapper(options: {
  ports: Pick<Ports, 'clock' | 'random'>;
  logger: Logger;
}): (error: unknown) => Response {
  return (error) => toProblem(error, { traceId: uuidV7(options.ports), logger: options.logger });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(`a value was thrown that is no error: ${String(error)}`);
}
