/** Reads answers: JSON by its schema, problem documents as AppErrors. */
import { AppError, CODES, type ErrorCode } from '@holdfast/base';
import { Problem } from '@holdfast/protocol';
import type { z } from 'zod';
import { LinkError, type TransportResponse } from './transport.ts';

/** The JSON of an answer. What is not JSON of that shape did not come from a Holdfast process, or not whole. */
export function readJson<T extends z.ZodType>(answer: TransportResponse, schema: T): z.infer<T> {
  const parsed = schema.safeParse(parse(answer));
  if (!parsed.success)
    throw new LinkError('hub_error', 'The answer does not have the shape it should have', parsed.error);
  return parsed.data;
}

/** Throws the AppError of a problem document; a LinkError for any other answer that is not a success. */
export function refuseProblem(answer: TransportResponse): void {
  if (answer.status >= 200 && answer.status < 300) return;
  const problem = answer.header('content-type')?.startsWith('application/problem+json')
    ? Problem.safeParse(parse(answer)).data
    : undefined;
  if (!problem || !isErrorCode(problem.code))
    throw new LinkError('hub_error', `The answer has status ${answer.status}`);
  const retryAfter = answer.header('retry-after');
  throw new AppError(problem.code, problem.detail, {
    faults: problem.errors ?? [],
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  });
}

function parse(answer: TransportResponse): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch (cause) {
    throw new LinkError('hub_error', 'The answer is not JSON', cause);
  }
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(CODES, code);
}
