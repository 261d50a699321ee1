/**
 * Issuer Authentication Data, tag 91: by which a card knows that its issuer answered, and what (EMV Book 2 8.2). With method
 * 1 the response code follows the cryptogram, with method 2 the Card Status Update (Book 3 annex C10).
 */
import { assert } from '@holdfast/base';
import { type Secret, sameBytes } from '@holdfast/crypto';
import { concatBytes } from '../cipher/bytes.ts';
import { bitField } from '../terminal/bit-field.ts';
import { arpcMethod1, arpcMethod2 } from './application-cryptogram.ts';
import {
  CRYPTOGRAM_RULES,
  type CryptogramVersion,
  type TransactionValues,
  withArpcKey,
} from './cryptogram-version.ts';

/** Card Status Update: what the issuer wants of the card. The PIN try counter is in the lowest four bits of byte 1. */
export const CSU = bitField(4, {
  issuerApproves: [2, 0x80],
  blockCard: [2, 0x40],
  blockApplication: [2, 0x20],
  updatePinTryCounter: [2, 0x10],
  goOnlineNext: [2, 0x08],
  proxyIssuer: [2, 0x04],
  countersHigh: [2, 0x02],
  countersLow: [2, 0x01],
});

/** What the card's answer to the issuer was made with; `masterKey` is the card's key for cryptograms. */
export type AuthenticatedAnswer = { masterKey: Secret; arqc: Uint8Array } & TransactionValues;

const METHOD_1_LENGTH = 10;
const METHOD_2_MIN = 8;
const METHOD_2_MAX = 16;

/** How many bytes of tag 91 a card of this version asks for in CDOL2, if it takes them there. */
export function issuerAuthenticationLength(version: CryptogramVersion): number {
  return CRYPTOGRAM_RULES[version].arpcMethod === 1 ? METHOD_1_LENGTH : METHOD_2_MIN;
}

/** The issuer's side. `code`: 2 bytes of response code with method 1, 4 bytes of status update with method 2. */
export function writeIssuerAuthentication(
  version: CryptogramVersion,
  { code, arqc, ...of }: AuthenticatedAnswer & { code: Uint8Array },
): Uint8Array {
  const isMethod1 = CRYPTOGRAM_RULES[version].arpcMethod === 1;
  assert(
    code.length === (isMethod1 ? 2 : 4),
    'method 1 has 2 bytes of response code, method 2 has 4 of update',
  );
  return withArpcKey(version, of, (key) =>
    concatBytes(
      isMethod1 ? arpcMethod1(key, { arqc, arc: code }) : arpcMethod2(key, { arqc, cardStatusUpdate: code }),
      code,
    ),
  );
}

/** The card's side: the code that the issuer authenticated, or undefined where the data are not of the issuer. */
export function readIssuerAuthentication(
  version: CryptogramVersion,
  { data, arqc, ...of }: AuthenticatedAnswer & { data: Uint8Array },
): Uint8Array | undefined {
  if (CRYPTOGRAM_RULES[version].arpcMethod === 1) {
    if (data.length !== METHOD_1_LENGTH) return undefined;
    const arc = data.slice(8);
    const expected = withArpcKey(version, of, (key) => arpcMethod1(key, { arqc, arc }));
    return sameBytes(expected, data.subarray(0, 8)) ? arc : undefined;
  }
  if (data.length < METHOD_2_MIN || data.length > METHOD_2_MAX) return undefined;
  const cardStatusUpdate = data.slice(4, 8);
  const proprietaryData = data.subarray(8);
  const expected = withArpcKey(version, of, (key) =>
    arpcMethod2(key, { arqc, cardStatusUpdate, proprietaryData }),
  );
  return sameBytes(expected, data.subarray(0, 4)) ? cardStatusUpdate : undefined;
}
