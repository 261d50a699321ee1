/** Cryptogram Information Data, tag 9F27 (EMV Book 3 6.5.5.4): what the card made, and whether it asks for an advice. */

/** What a card may answer to GENERATE AC: a decline, an approval, a request to ask the issuer. */
export type CryptogramType = 'AAC' | 'TC' | 'ARQC';

/** The byte in words. */
export type CryptogramInformation = {
  type: CryptogramType;
  isAdviceRequired: boolean;
  reason:
    | 'none'
    | 'service_not_allowed'
    | 'pin_try_limit_exceeded'
    | 'issuer_authentication_failed'
    | 'other';
};

const TYPES = ['AAC', 'TC', 'ARQC'] as const;
const REASONS = [
  'none',
  'service_not_allowed',
  'pin_try_limit_exceeded',
  'issuer_authentication_failed',
] as const;

/** The meaning of the byte; undefined for the type that is reserved. Bits that payment systems own are passed over. */
export function readCryptogramInformation(byte: number): CryptogramInformation | undefined {
  const type = TYPES[(byte >> 6) & 3];
  if (type === undefined) return undefined;
  return { type, isAdviceRequired: (byte & 0x08) !== 0, reason: REASONS[byte & 0x07] ?? 'other' };
}

/** The two highest bits of CID, and of the reference control parameter of GENERATE AC, for a type. */
export function codeOfCryptogram(type: CryptogramType): number {
  return TYPES.indexOf(type) << 6;
}
