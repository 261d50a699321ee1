/** CVM Results, tag 9F34 (EMV Book 4 A4): the last method that was performed, its condition, and how it went. */

const RESULTS = ['unknown', 'failed', 'successful'] as const;

/** The methods with a PIN that the card verifies, in clear or enciphered, alone or with a signature. */
const OFFLINE_PINS: ReadonlySet<number> = new Set([0x01, 0x03, 0x04, 0x05]);
const METHOD_BITS = 0x3f;
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

/** Whether the card was given a PIN and is said to have found it right. */
export function isOfflinePinVerified({ code, result }: CvmResults): boolean {
  return OFFLINE_PINS.has(code & METHOD_BITS) && result !== 'failed';
}

/** Whether the cardholder was verified, as far as the terminal can tell: the issuer may still refuse a PIN. */
export function isVerified({ code, result }: CvmResults): boolean {
  return code !== NO_CVM_PERFORMED && result !== 'failed';
}

/** The field of a meaning. */
export function writeCvmResults(results: CvmResults): Uint8Array {
  return Uint8Array.of(results.code, results.condition, RESULTS.indexOf(results.result));
}
