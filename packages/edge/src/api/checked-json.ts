/** JSON from outside, before the store hashes or keeps it. */
import { AppError, LIMITS } from '@holdfast/base';
import type { JsonObject } from '@holdfast/workflow';

/** The object as it came, if it is not too deep and all its texts are Unicode. Throws AppError `invalid_request`. */
export function checkedJson(body: Readonly<Record<string, unknown>>): JsonObject {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > LIMITS.workflowJsonDepthMax)
      throw new AppError('invalid_request', `Nest it at most ${LIMITS.workflowJsonDepthMax} deep.`);
    level = level.flatMap(partsOf);
  }
  return body as JsonObject; // It was parsed from JSON.
}

function partsOf(value: unknown): unknown[] {
  if (typeof value === 'string' && !value.isWellFormed())
    throw new AppError('invalid_request', 'A text in it is no Unicode: half of a surrogate pair is missing.');
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value) ? value : [...Object.keys(value), ...Object.values(value)];
}
