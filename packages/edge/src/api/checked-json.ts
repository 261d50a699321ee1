/** JSON from outside, before the store hashes or keeps it. */
import { AppError } from '@holdfast/base';
import type { JsonObject } from '@holdfast/workflow';
import { whyNotKept } from '../json-bounds.ts';

/** The object as it came, if it can be kept. Throws AppError `invalid_request`. */
export function checkedJson(body: Readonly<Record<string, unknown>>): JsonObject {
  const why = whyNotKept(body);
  if (why !== undefined) throw new AppError('invalid_request', why);
  return body as JsonObject; // It was parsed from JSON.
}
