/** The issuer's certificate (EMV Book 2 5.1 and 5.3): signed by a certification authority, valid for a range of numbers. */
import { assert } from '@holdfast/base';
import { concatBytes, wipe } from '../cipher/bytes.ts';
import type { RsaPrivateKey, RsaPublicKey } from '../cipher/rsa.ts';
import { writeCompressed } from '../encoding/bcd.ts';
import { toNibbles } from '../pin/nibbles.ts';
import { type CertificateData, readCertifiedKey, writeCertifiedKey } from './certified-key.ts';
import { FORMAT, FRAME_LENGTH, HASH_ALGORITHM, recover, sign } from './recovery.ts';
import { type OdaFailure, refused } from './refusal.ts';

/** What stands in the certificate besides the key. */
type IssuerCertificateFields = {
  /** 4 bytes: the leftmost 3 to 8 digits of the numbers that it is for, filled with F. */
  readonly issuerIdentifier: Uint8Array;
  /** 2 bytes, MMYY: the last month it is valid in. */
  readonly expirationDate: Uint8Array;
  /** 3 bytes. */
  readonly serialNumber: Uint8Array;
};

export type IssuerCertificate = IssuerCertificateFields & { readonly publicKey: RsaPublicKey };

/** Bytes before the key: identifier, date, serial number, hash algorithm. */
const HEAD_LENGTH = 10;
const KEY_HEAD_LENGTH = 3;

/** Opens the certificate and checks its form, its hash and its key; dates and numbers are for the caller. */
export function openIssuerCertificate(
  data: CertificateData,
  caKey: RsaPublicKey,
): { ok: true; certificate: IssuerCertificate } | OdaFailure {
  const block = recover(data.certificate, { key: caKey, format: FORMAT.issuerCertificate });
  if (!block.ok) return block;
  const { contents } = block;
  if (contents[HEAD_LENGTH - 1] !== HASH_ALGORITHM) return refused('hash_algorithm');
  const key = readCertifiedKey(contents.subarray(HEAD_LENGTH), data);
  if (!key.ok) return key;
  if (!block.isHashOf(data.remainder ?? new Uint8Array(), data.exponent)) return refused('hash');
  return {
    ok: true,
    certificate: {
      issuerIdentifier: contents.slice(0, 4),
      expirationDate: contents.slice(4, 6),
      serialNumber: contents.slice(6, 9),
      publicKey: key.publicKey,
    },
  };
}

/** Whether the certificate is for this number (ASCII digits): its 3 to 8 digits are the first of the number. */
export function isIssuerOf({
  issuerIdentifier,
  pan,
}: {
  issuerIdentifier: Uint8Array;
  pan: Uint8Array;
}): boolean {
  const nibbles = toNibbles(issuerIdentifier);
  const end = nibbles.indexOf(0xf);
  const digits = end === -1 ? nibbles : nibbles.subarray(0, end);
  const isFilled = nibbles.subarray(digits.length).every((nibble) => nibble === 0xf);
  return isFilled && digits.length >= 3 && digits.every((digit, index) => pan[index] === 0x30 + digit);
}

/** Makes the certificate: for the certification authority of a test scheme. `identifier`: 3 to 8 ASCII digits. */
export function makeIssuerCertificate({
  caKey,
  publicKey,
  identifier,
  expirationDate,
  serialNumber,
}: {
  caKey: RsaPrivateKey;
  publicKey: RsaPublicKey;
  identifier: Uint8Array;
  expirationDate: Uint8Array;
  serialNumber: Uint8Array;
}): Required<CertificateData> {
  assert(identifier.length >= 3 && identifier.length <= 8, 'an issuer has 3 to 8 digits');
  assert(
    expirationDate.length === 2 && serialNumber.length === 3,
    'a date of 2 and a serial number of 3 bytes',
  );
  const space = caKey.publicKey.modulus.length - FRAME_LENGTH - HEAD_LENGTH - KEY_HEAD_LENGTH;
  const key = writeCertifiedKey(publicKey, space);
  const algorithm = Uint8Array.of(HASH_ALGORITHM);
  const issuer = writeCompressed(identifier, 4);
  const contents = concatBytes(issuer, expirationDate, serialNumber, algorithm, key.contents);
  const rest = [key.remainder, publicKey.exponent];
  const certificate = sign(contents, { key: caKey, format: FORMAT.issuerCertificate, rest });
  wipe(contents);
  return { certificate, remainder: key.remainder, exponent: publicKey.exponent };
}
