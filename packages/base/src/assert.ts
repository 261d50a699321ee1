/**
 * Assertions for programmer's errors. A failed assertion ends the unit of work it happens in; it is never
 * an answer to bad input (that is an {@link AppError}) and never an expected outcome (that is a returned union).
 */

/** A statement about the program that turned out false. */
export class AssertionError extends Error {
  override name = 'AssertionError';
}

/** Throws {@link AssertionError} unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Returns `value` where the program's logic excludes null and undefined; throws {@link AssertionError} otherwise. */
export function must<T>(value: T | null | undefined, message: string): T {
  if (value === null || value === undefined) throw new AssertionError(message);
  return value;
}

/** Marks a branch the types exclude. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}
