/**
 * The till's way to its edge: same origin, bearer token, problem documents. The answer is a union; a request that got
 * no answer is not an exception here, since it is what this screen is made for.
 */
import type { Problem } from '@holdfast/protocol';

export type Answer<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'problem'; problem: Problem & { tries_left?: number }; retryAfterMs: number | null }
  /** The edge did not answer: gone, or too slow. */
  | { kind: 'unreachable' };

export type Request = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  idempotencyKey?: string;
  timeoutMs?: number;
};

export type Send = <T>(path: string, token: string | null, request?: Request) => Promise<Answer<T>>;

/** A failed query, for the query cache, which wants something thrown. */
export class NoAnswer extends Error {
  readonly answer: Exclude<Answer<unknown>, { kind: 'ok' }>;

  constructor(answer: Exclude<Answer<unknown>, { kind: 'ok' }>) {
    super(answer.kind === 'problem' ? answer.problem.title : 'The edge did not answer');
    this.answer = answer;
  }
}

/** The value, or {@link NoAnswer} thrown. */
export function unwrap<T>(answer: Answer<T>): T {
  if (answer.kind === 'ok') return answer.value;
  throw new NoAnswer(answer);
}

/** Sends one request and waits for its answer, ten seconds unless told otherwise. */
export const send: Send = async <T>(path: string, token: string | null, request: Request = {}) => {
  const { method = 'GET', body, idempotencyKey, timeoutMs = 10_000 } = request;
  const headers = new Headers({ Accept: 'application/json' });
  if (token !== null) headers.set('Authorization', `Bearer ${token}`);
  if (idempotencyKey !== undefined) headers.set('Idempotency-Key', idempotencyKey);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  try {
    const response = await fetch(path, {
      method,
      headers,
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return await read<T>(response);
  } catch {
    // A refused connection, a time-out, a body cut off: all of them mean that nothing is known.
    return { kind: 'unreachable' };
  }
};

async function read<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  const json = response.headers.get('Content-Type')?.includes('json') ?? false;
  if (response.ok) {
    // The edge serves this till: its answers have the shapes of the protocol package it was built with.
    return { kind: 'ok', value: (json && text !== '' ? JSON.parse(text) : text) as T };
  }
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return {
    kind: 'problem',
    problem: json ? (JSON.parse(text) as Problem) : plainProblem(response),
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : null,
  };
}

/** For an answer that is not a problem document, as something between till and edge may give it. */
function plainProblem(response: Response): Problem {
  return {
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    detail: response.statusText,
    code: `http_${response.status}`,
    action: '',
    trace_id: '',
  };
}
