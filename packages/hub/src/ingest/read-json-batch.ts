/**
 * From the bytes of a request to the elements of a JSON batch. A few bytes on the wire can stand for very many
 * elements, each with its faults: they are counted before they are looked at, and looked at until enough is wrong.
 */
import { AppError, type Fault, faultsOf, LIMITS } from '@holdfast/base';
import { JsonBatch } from '@holdfast/protocol';
import { check, parseJson } from '@holdfast/runtime';
import { decode } from './read-batch.ts';

/** The answer lists no more of them. */
const FAULTS_MAX = 20;
const FAILURE = { code: 'invalid_request', message: 'The body does not fit its schema.' } as const;

/**
 * Reads the elements. Throws AppError `unsupported_media_type`, `body_too_large`, `malformed_json` or
 * `invalid_request`.
 */
export async function readJsonBatch(input: {
  raw: Uint8Array;
  contentEncoding: string | undefined;
}): Promise<JsonBatch> {
  const value = parseJson(await decode(input.raw, input.contentEncoding, LIMITS.batchBytesMax));
  if (!Array.isArray(value)) return check(JsonBatch, value, FAILURE);
  if (value.length > LIMITS.batchEntriesMax) {
    throw new AppError('body_too_large', `A batch has at most ${LIMITS.batchEntriesMax} elements`);
  }
  const items: JsonBatch = [];
  const faults: Fault[] = [];
  for (const [index, element] of value.entries()) {
    const result = JsonBatch.element.safeParse(element);
    if (result.success) items.push(result.data);
    else faults.push(...faultsOf(withIndex(result.error.issues, index)));
    if (faults.length >= FAULTS_MAX) break;
  }
  if (faults.length > 0) throw new AppError(FAILURE.code, FAILURE.message, { faults });
  return items;
}

function withIndex(
  issues: readonly { path: readonly PropertyKey[]; message: string }[],
  index: number,
): { path: PropertyKey[]; message: string }[] {
  return issues.map(({ path, message }) => ({ path: [index, ...path], message }));
}
