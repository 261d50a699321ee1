/** What JSON from outside must be like before it is hashed, written, or handed from thread to thread. */
import { LIMITS } from '@holdfast/base';

/** Why a parsed JSON value cannot be kept, as a sentence that says what to do; undefined when it can. */
export function whyNotKept(json: unknown): string | undefined {
  let level: unknown[] = [json];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > LIMITS.workflowJsonDepthMax) return `Nest it at most ${LIMITS.workflowJsonDepthMax} deep.`;
    for (const value of level) {
      if (typeof value === 'string' && !value.isWellFormed())
        return 'A text in it is no Unicode: half of a surrogate pair is missing.';
      if (value === Infinity || value === -Infinity)
        return 'A number in it is larger than any that is kept: send it as a text.';
    }
    level = level.flatMap(partsOf);
  }
  return undefined;
}

function partsOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value) ? value : [...Object.keys(value), ...Object.values(value)];
}
