/**
 * The link: one request, one answer, or a {@link LinkError} that says why there is none. Everything a Holdfast process
 * asks of another goes through a transport, so that the drill lies beneath every client.
 */
import { isAppError } from '@holdfast/base';
import type { LinkReason } from '@holdfast/protocol';

export type TransportRequest = {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body?: Uint8Array | undefined;
  timeoutMs: number;
  /** A larger answer is cut off with `hub_error`; 16 MiB unless given. */
  answerBytesMax?: number;
  signal?: AbortSignal | undefined;
};

export type TransportResponse = { status: number; header(name: string): string | undefined; body: Buffer };

export type Transport = (request: TransportRequest) => Promise<TransportResponse>;

/** There was no answer, or none that can be trusted. The request may have been carried out all the same. */
export class LinkError extends Error {
  override name = 'LinkError';
  readonly reason: LinkReason;

  constructor(reason: LinkReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/** Answers larger than this are cut off: nothing we ask for is. */
const ANSWER_BYTES_MAX = 16_777_216;

/** The real transport, over the platform's `fetch`. */
export const fetchTransport: Transport = async (request) => {
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
  try {
    const answer = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      // The types of Node and of the DOM disagree on shared buffers; ours never are.
      ...(request.body && { body: request.body as Uint8Array<ArrayBuffer> }),
      signal,
      // Never followed: a hub does not send its devices elsewhere. Who does is told by the status.
      redirect: 'manual',
    });
    const body = await readAll(answer, request.answerBytesMax ?? ANSWER_BYTES_MAX);
    return { status: answer.status, header: (name) => answer.headers.get(name) ?? undefined, body };
  } catch (error) {
    throw mapFetchError(error, request);
  }
};

async function readAll(answer: Response, bytesMax: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new LinkError('hub_error', 'The answer is larger than any we ask for');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const REFUSED = new Set(['ECONNREFUSED']);
const TIMED_OUT = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);
/** What the parser of answers throws; its codes are not always set. */
const NOT_HTTP = 'HTTPParserError';

function mapFetchError(error: unknown, request: TransportRequest): unknown {
  if (error instanceof LinkError || isAppError(error)) return error;
  const host = new URL(request.url).host;
  if (error instanceof Error && (error.name === 'TimeoutError' || TIMED_OUT.has(codeOf(error))))
    return new LinkError('timeout', `${host} did not answer within ${request.timeoutMs} ms`, error);
  if (error instanceof Error && REFUSED.has(codeOf(error)))
    return new LinkError('refused', `Nothing listens at ${host}`, error);
  if (error instanceof Error && error.cause instanceof Error && error.cause.name === NOT_HTTP)
    return new LinkError('hub_error', `What answers at ${host} does not speak HTTP`, error);
  return new LinkError('unreachable', `${host} cannot be reached`, error);
}

function codeOf(error: Error): string {
  const cause: unknown = error.cause;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
}
