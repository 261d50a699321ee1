/**
 * What the card signs itself, for each transaction anew (EMV Book 2 6.5 and 6.6, tag 9F4B): a number of its own over
 * what the terminal sent for DDA; for CDA its cryptogram and a hash of the transaction as well.
 */
import { assert } from '@holdfast/base';
import { concatBytes, wipe } from '../cipher/bytes.ts';
import type { RsaPrivateKey, RsaPublicKey } from '../cipher/rsa.ts';
import { FORMAT, FRAME_LENGTH, HASH_ALGORITHM, recover, sign } from './recovery.ts';
import { type OdaFailure, refused } from './refusal.ts';

/** What the card signed together with its cryptogram. */
export type CombinedData = {
  readonly cryptogramInformation: number;
  /** 8 bytes: the TC or ARQC (tag 9F26). */
  readonly applicationCryptogram: Uint8Array;
  /** 20 bytes. */
  readonly transactionDataHash: Uint8Array;
};

/** A signature that was opened; who uses it has first asked whether it is over the terminal's data. */
export type SignedDynamicData = {
  /** 2 to 8 bytes that change with each signature (tag 9F4C). */
  readonly iccDynamicNumber: Uint8Array;
  /** Undefined where the card signed no cryptogram. */
  readonly combined?: CombinedData | undefined;
  /** Whether it is over these data: those of the DDOL for DDA, the unpredictable number alone for CDA. */
  isOver(terminalData: Uint8Array): boolean;
};

const FILLER = 0xbb;
/** Bytes before the data: hash algorithm, length of the data. */
const HEAD_LENGTH = 2;
const NUMBER_MIN = 2;
const NUMBER_MAX = 8;
/** Cryptogram information, cryptogram, hash. */
const COMBINED_LENGTH = 1 + 8 + 20;

/** Opens the signature and checks its form. */
export function openSignedDynamicData(
  signature: Uint8Array,
  iccKey: RsaPublicKey,
): { ok: true; signed: SignedDynamicData } | OdaFailure {
  const block = recover(signature, { key: iccKey, format: FORMAT.dynamicData });
  if (!block.ok) return block;
  const [algorithm, length = 0, numberLength = 0] = block.contents;
  if (algorithm !== HASH_ALGORITHM) return refused('hash_algorithm');
  const data = block.contents.subarray(HEAD_LENGTH, HEAD_LENGTH + length);
  const isNumber = numberLength >= NUMBER_MIN && numberLength <= NUMBER_MAX && numberLength < length;
  if (data.length !== length || !isNumber) return refused('dynamic_data');
  return {
    ok: true,
    signed: {
      iccDynamicNumber: data.slice(1, 1 + numberLength),
      combined: combinedOf(data.subarray(1 + numberLength)),
      isOver: (terminalData) => block.isHashOf(terminalData),
    },
  };
}

/** Signs for DDA. `terminalData`: the values of the DDOL. */
export function signDynamicData({
  iccKey,
  iccDynamicNumber,
  combined,
  terminalData,
}: {
  iccKey: RsaPrivateKey;
  iccDynamicNumber: Uint8Array;
  /** For CDA. */
  combined?: CombinedData;
  /** The values of the DDOL for DDA, the unpredictable number alone for CDA. */
  terminalData: Uint8Array;
}): Uint8Array<ArrayBuffer> {
  const { length } = iccDynamicNumber;
  assert(length >= NUMBER_MIN && length <= NUMBER_MAX, 'the number of the card has 2 to 8 bytes');
  const data = concatBytes(Uint8Array.of(length), iccDynamicNumber, combinedBytes(combined));
  const filler = iccKey.publicKey.modulus.length - FRAME_LENGTH - HEAD_LENGTH - data.length;
  assert(filler >= 0, 'the key of the card is long enough for what it signs');
  const head = Uint8Array.of(HASH_ALGORITHM, data.length);
  const contents = concatBytes(head, data, new Uint8Array(filler).fill(FILLER));
  const signature = sign(contents, { key: iccKey, format: FORMAT.dynamicData, rest: [terminalData] });
  wipe(data, contents);
  return signature;
}

function combinedOf(bytes: Uint8Array): CombinedData | undefined {
  const [cryptogramInformation] = bytes;
  if (cryptogramInformation === undefined || bytes.length < COMBINED_LENGTH) return undefined;
  return {
    cryptogramInformation,
    applicationCryptogram: bytes.slice(1, 9),
    transactionDataHash: bytes.slice(9, COMBINED_LENGTH),
  };
}

function combinedBytes(combined: CombinedData | undefined): Uint8Array {
  if (combined === undefined) return new Uint8Array();
  const { applicationCryptogram, transactionDataHash } = combined;
  assert(applicationCryptogram.length === 8, 'a cryptogram has 8 bytes');
  assert(transactionDataHash.length === 20, 'a hash has 20 bytes');
  return concatBytes(
    Uint8Array.of(combined.cryptogramInformation),
    applicationCryptogram,
    transactionDataHash,
  );
}
