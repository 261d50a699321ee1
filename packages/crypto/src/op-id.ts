/**
 * The name of an operation. It follows from what the till keeps, so that a retry after any crash, even of a
 * restored edge, names the same operation.
 */
import { assert, isUuid, isUuidV7, uuidV8 } from '@holdfast/base';
import { sha256 } from './hash.ts';

/**
 * The `op_id` of a request: its idempotency key when that is a UUIDv7 in canonical form (lower case, hyphens), else
 * UUIDv8(SHA-256(terminalId, line feed, key)). Two spellings of one UUID are two keys: only the canonical one is an id.
 */
export function opIdOf({ key, terminalId }: { key: string; terminalId: string }): string {
  if (isUuidV7(key)) return key;
  // The line feed separates the two only if the first cannot hold one.
  assert(!terminalId.includes('\n'), 'a terminal id is one line');
  return uuidV8(sha256(`${terminalId}\n${key}`));
}

/** The `op_id` of the later operation number `index` (0 and up) of the operation `opId`. */
export function derivedOpId(opId: string, index: number): string {
  assert(isUuid(opId), 'an op_id is a canonical UUID');
  assert(Number.isSafeInteger(index) && index >= 0, 'an index is a whole number');
  return uuidV8(sha256(`${opId}#${index}`));
}
