/** CVM Results, tag 9F34 (EMV Book 4 A4): the last method that was performed, its condition, and how it went. */

const RESULTS = ['unknown', 'failed', 'successful'] as const;

/** The code of the first byte where no method was performed. */
const NO_CVM_PERFORMED = 0x3f;

/** The three bytes in words; `code` is the first byte of the rule as it stands in the list, bit 7 included. */
export type CvmResults = { code: number; condition: number; result: 'unknown' | 'failed' | 'successful' };

/** What stands there before, or without, cardholder verification. */
export const CVM_NOT_PERFORMED: CvmResults = { code: NO_CVM_PERFORMED, condition: 0, result: 'unknown' };

/** The meaning of the field; undefined for another length or a reserved result. */
export function readCvmResults(bytes: Uint8Array): CvmResults | undefined {
  const [code, condition, third] = bytes;
  if (bytes.length !== 3 || code === undefined || condition === undefined) return undefined;
  const result = RESULTS[third ?? RESULTS.length];
  return result === undefined ? undefined : { code, condition, result };
}

/** The field of a meaning. */
export function writeCvmResults(results: CvmResults): Uint8Array {
  return Uint8Array.of(results.code, results.condition, RESULTS.indexOf(results.result));
}
