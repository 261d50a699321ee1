/**
 * Certificates of the card's own keys (EMV Book 2 6.1, 6.4 and 7.1), signed by the issuer for one number: the key that
 * authenticates the card, whose certificate vouches for the card's static data too, and the key that PINs are
 * enciphered with, whose does not.
 */
import { assert } from '@holdfast/base';
import { sameBytes } from '@holdfast/crypto';
import { concatBytes, wipe } from '../cipher/bytes.ts';
import type { RsaPrivateKey, RsaPublicKey } from '../cipher/rsa.ts';
import { writeCompressed } from '../encoding/bcd.ts';
import { areDigits } from '../encoding/digits.ts';
import { type CertificateData, readCertifiedKey, writeCertifiedKey } from './certified-key.ts';
import { FORMAT, FRAME_LENGTH, HASH_ALGORITHM, type RecoveredBlock, recover, sign } from './recovery.ts';
import { type OdaFailure, refused } from './refusal.ts';

/** A certificate that was opened; who uses its key has first asked whether it is for the card and vouches for its data. */
export type IccCertificate = {
  /** 2 bytes, MMYY: the last month it is valid in. */
  readonly expirationDate: Uint8Array;
  /** 3 bytes. */
  readonly serialNumber: Uint8Array;
  readonly publicKey: RsaPublicKey;
  /** Whether the certificate is for this number (ASCII digits). */
  readonly isOfPan: boolean;
  /** 20 bytes: over the certificate and the static data. */
  readonly hash: Uint8Array;
  /** Whether the hash is right with these static data; none for the key of PINs. */
  vouchesFor(staticData: Uint8Array): boolean;
};

const PAN_LENGTH = 10;
/** Bytes before the key: number, date, serial number, hash algorithm. */
const HEAD_LENGTH = 16;
const KEY_HEAD_LENGTH = 3;

/** Opens the certificate and checks its form and its key. */
export function openIccCertificate(
  data: CertificateData,
  { issuerKey, pan }: { issuerKey: RsaPublicKey; pan: Uint8Array },
): { ok: true; certificate: IccCertificate } | OdaFailure {
  const block = recover(data.certificate, { key: issuerKey, format: FORMAT.iccCertificate });
  if (!block.ok) return block;
  const result = read(block, data, pan);
  wipe(block.contents);
  return result;
}

/** Makes the certificate: for the issuer of a test scheme. `staticData` is empty for the key of PINs. */
export function makeIccCertificate({
  issuerKey,
  publicKey,
  pan,
  expirationDate,
  serialNumber,
  staticData,
}: {
  issuerKey: RsaPrivateKey;
  publicKey: RsaPublicKey;
  pan: Uint8Array;
  expirationDate: Uint8Array;
  serialNumber: Uint8Array;
  staticData: Uint8Array;
}): Required<CertificateData> {
  assert(
    expirationDate.length === 2 && serialNumber.length === 3,
    'a date of 2 and a serial number of 3 bytes',
  );
  const space = issuerKey.publicKey.modulus.length - FRAME_LENGTH - HEAD_LENGTH - KEY_HEAD_LENGTH;
  const key = writeCertifiedKey(publicKey, space);
  const packedPan = writeCompressed(pan, PAN_LENGTH);
  const algorithm = Uint8Array.of(HASH_ALGORITHM);
  const contents = concatBytes(packedPan, expirationDate, serialNumber, algorithm, key.contents);
  const rest = [key.remainder, publicKey.exponent, staticData];
  const certificate = sign(contents, { key: issuerKey, format: FORMAT.iccCertificate, rest });
  wipe(packedPan, contents);
  return { certificate, remainder: key.remainder, exponent: publicKey.exponent };
}

function read(
  { contents, hash, isHashOf }: RecoveredBlock,
  data: CertificateData,
  pan: Uint8Array,
): { ok: true; certificate: IccCertificate } | OdaFailure {
  if (contents[HEAD_LENGTH - 1] !== HASH_ALGORITHM) return refused('hash_algorithm');
  const key = readCertifiedKey(contents.subarray(HEAD_LENGTH), data);
  if (!key.ok) return key;
  const rest = [data.remainder ?? new Uint8Array(), data.exponent];
  const certificate: IccCertificate = {
    expirationDate: contents.slice(10, 12),
    serialNumber: contents.slice(12, 15),
    publicKey: key.publicKey,
    hash,
    isOfPan: isOfPan(contents.subarray(0, PAN_LENGTH), pan),
    vouchesFor: (staticData) => isHashOf(...rest, staticData),
  };
  return { ok: true, certificate };
}

function isOfPan(packed: Uint8Array, pan: Uint8Array): boolean {
  if (pan.length === 0 || pan.length > 2 * PAN_LENGTH || !areDigits(pan)) return false;
  const expected = writeCompressed(pan, PAN_LENGTH);
  const isSame = sameBytes(packed, expected);
  wipe(expected);
  return isSame;
}
