/**
 * Issuer Application Data, tag 9F10: which keys and calculations a cryptogram was made with, and the card's verification
 * results. Formats of Visa (VIS, format 0/1), of M/Chip 4, and of EMV's Common Core Definitions (Book 3 annex C9.2).
 */
import { assert } from '@holdfast/base';
import { concatBytes } from '../cipher/bytes.ts';
import {
  type CvrFacts,
  type CvrFormat,
  cvrLength,
  isPinVerified,
  writeCvr,
} from './card-verification-results.ts';
import type { CryptogramVersion } from './cryptogram-version.ts';

/** What an issuer reads in it. */
export type IssuerApplicationData = {
  readonly version: CryptogramVersion;
  /** Which of the issuer's master keys. */
  readonly keyIndex: number;
  readonly cvr: Uint8Array;
  /** The card's counters, where the format has them; M/Chip may authenticate them as well. */
  readonly counters: Uint8Array | undefined;
};

type Known = Exclude<CryptogramVersion, 'interac_133'>;
type Family = { format: CvrFormat; numberAt: number; keyIndexAt: number; cvrAt: number; length: number };

const VISA: Family = { format: 'visa', numberAt: 2, keyIndexAt: 1, cvrAt: 3, length: 7 };
const MASTERCARD: Family = { format: 'mastercard', numberAt: 1, keyIndexAt: 0, cvrAt: 2, length: 18 };
const COMMON: Family = { format: 'common', numberAt: 1, keyIndexAt: 2, cvrAt: 3, length: 32 };

const MASTERCARD_COUNTERS_AT = 10;
const COMMON_COUNTERS_AT = 8;
const COUNTERS_LENGTH = 8;
/** Lengths that the standards write before parts of the data. */
const VISA_LENGTH = 0x06;
const COMMON_LENGTH = 0x0f;
const COMMON_SECOND_LENGTH_AT = 16;

/** The number of each version as the byte of its format. */
const NUMBERS: Record<Known, readonly [Family, number]> = {
  visa_10: [VISA, 0x0a],
  visa_18: [VISA, 0x12],
  mastercard_16: [MASTERCARD, 0x10],
  mastercard_17: [MASTERCARD, 0x11],
  mastercard_20: [MASTERCARD, 0x14],
  mastercard_21: [MASTERCARD, 0x15],
  emv_common: [COMMON, 0xa5],
};

/** The data as a card of this version writes them; `keyIndex` names the issuer's keys, 0 to 255. */
export function writeIssuerApplicationData(
  version: Known,
  { keyIndex, facts }: { keyIndex: number; facts: CvrFacts },
): Uint8Array {
  assert(Number.isInteger(keyIndex) && keyIndex >= 0 && keyIndex <= 255, 'a key index is one byte');
  const [family, number] = NUMBERS[version];
  const bytes = new Uint8Array(family.length);
  if (family === VISA) bytes[0] = VISA_LENGTH;
  if (family === COMMON) {
    bytes[0] = COMMON_LENGTH;
    bytes[COMMON_SECOND_LENGTH_AT] = COMMON_LENGTH;
  }
  bytes[family.numberAt] = number;
  bytes[family.keyIndexAt] = keyIndex;
  bytes.set(writeCvr(family.format, facts), family.cvrAt);
  return bytes;
}

/** What the data say; undefined where they are of no format that is known here. */
export function readIssuerApplicationData(data: Uint8Array): IssuerApplicationData | undefined {
  const family = familyOf(data);
  if (family === undefined) return undefined;
  const number = data[family.numberAt];
  // The keys of the table are those of its type, which the library's declaration of entries cannot say.
  const rows = Object.entries(NUMBERS) as [Known, readonly [Family, number]][];
  const version = rows.find(([, [of, code]]) => of === family && code === number)?.[0];
  if (version === undefined) return undefined;
  const cvr = data.slice(family.cvrAt, family.cvrAt + cvrLength(family.format));
  return { version, keyIndex: data[family.keyIndexAt] ?? 0, cvr, counters: countersOf(family, data) };
}

/** What the card says of a PIN that it was to verify; undefined where the data are of no format that is known here. */
export function offlinePinOf(data: Uint8Array): 'verified' | 'not_verified' | undefined {
  const read = readIssuerApplicationData(data);
  const format = read && familyOf(data)?.format;
  if (read === undefined || format === undefined) return undefined;
  return isPinVerified(format, read.cvr) ? 'verified' : 'not_verified';
}

/** What of the data a cryptogram of this version is over; undefined where the data are of another version. */
export function authenticatedIssuerData(
  version: CryptogramVersion,
  data: Uint8Array,
): Uint8Array | undefined {
  if (version === 'interac_133') return data.slice();
  const read = readIssuerApplicationData(data);
  if (read?.version !== version) return undefined;
  if (version === 'visa_18' || version === 'emv_common') return data.slice();
  const withCounters = version === 'mastercard_17' || version === 'mastercard_21';
  return withCounters ? concatBytes(read.cvr, read.counters ?? new Uint8Array()) : read.cvr;
}

function familyOf(data: Uint8Array): Family | undefined {
  if (data.length === COMMON.length && data[0] === COMMON_LENGTH) {
    return data[COMMON_SECOND_LENGTH_AT] === COMMON_LENGTH ? COMMON : undefined;
  }
  if (data.length >= VISA.length && data[0] === VISA_LENGTH && data[VISA.cvrAt] === 3) return VISA;
  return data.length === MASTERCARD.length ? MASTERCARD : undefined;
}

function countersOf(family: Family, data: Uint8Array): Uint8Array | undefined {
  if (family === VISA) return undefined;
  const at = family === MASTERCARD ? MASTERCARD_COUNTERS_AT : COMMON_COUNTERS_AT;
  return data.slice(at, at + COUNTERS_LENGTH);
}
