/**
 * Application cryptograms (EMV Book 2 8.1) and the issuer's answers to them (8.2). The card calculates, the issuer
 * calculates again and compares; for the answer it is the other way round, with the same functions.
 */
import { assert } from '@holdfast/base';
import type { Secret } from '@holdfast/crypto';
import { concatBytes, xorBytes } from '../cipher/bytes.ts';
import { desEncrypt } from '../cipher/des.ts';
import { type MacPadding, macAlgorithm3 } from '../cipher/iso9797.ts';

/** A TC, ARQC or AAC over the data that the card's rules name, in their order: 8 bytes. */
export function applicationCryptogram(
  key: Secret,
  { data, padding }: { data: Uint8Array; padding: MacPadding },
): Uint8Array<ArrayBuffer> {
  return key.use((bytes) => macAlgorithm3(bytes, data, padding));
}

/** Method 1: 8 bytes from the ARQC and the response code (2 bytes). */
export function arpcMethod1(
  key: Secret,
  { arqc, arc }: { arqc: Uint8Array; arc: Uint8Array },
): Uint8Array<ArrayBuffer> {
  assert(arqc.length === 8 && arc.length === 2, 'an ARQC has 8 bytes and a response code 2');
  const block = xorBytes(arqc, concatBytes(arc, new Uint8Array(6)));
  return key.use((bytes) => desEncrypt(bytes, block));
}

/** Method 2: 4 bytes from the ARQC, the card status update (4 bytes) and up to 8 bytes of the issuer's own. */
export function arpcMethod2(
  key: Secret,
  {
    arqc,
    cardStatusUpdate,
    proprietaryData = new Uint8Array(),
  }: { arqc: Uint8Array; cardStatusUpdate: Uint8Array; proprietaryData?: Uint8Array },
): Uint8Array<ArrayBuffer> {
  assert(arqc.length === 8 && cardStatusUpdate.length === 4, 'an ARQC has 8 bytes and a status update 4');
  assert(proprietaryData.length <= 8, 'there are at most 8 bytes of proprietary data');
  const data = concatBytes(arqc, cardStatusUpdate, proprietaryData);
  return key.use((bytes) => macAlgorithm3(bytes, data, 2).slice(0, 4));
}
