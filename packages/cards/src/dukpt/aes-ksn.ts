/**
 * Key serial numbers of AES DUKPT (ANSI X9.24-3:2017 6.1): 8 bytes that name the initial key (4 for the base derivation
 * key, 4 for the device), then a counter of 4 bytes.
 */
import { assert } from '@holdfast/base';
import { AES_COUNTER, isUsableCounter } from './counter.ts';
import type { KsnRefusal } from './tdes-ksn.ts';

/** `initialKeyId` has 8 bytes. */
export type AesKsn = { readonly initialKeyId: Uint8Array; readonly counter: number };

export type ReadAesKsn = { ok: true; ksn: AesKsn } | { ok: false; reason: KsnRefusal };

/** The counter of the key that protects a new initial key (X9.24-3:2017 6.5); no transaction has it. */
export const UPDATE_KEY_COUNTER = 0xffffffff;

const ID_LENGTH = 8;
const LENGTH = ID_LENGTH + 4;

/** Reads a serial number that came with a message. */
export function readAesKsn(bytes: Uint8Array): ReadAesKsn {
  if (bytes.length !== LENGTH) return { ok: false, reason: 'ksn_length' };
  const counter = new DataView(bytes.buffer, bytes.byteOffset).getUint32(ID_LENGTH);
  if (!isUsableCounter(counter, AES_COUNTER)) return { ok: false, reason: 'counter_unusable' };
  return { ok: true, ksn: { initialKeyId: bytes.slice(0, ID_LENGTH), counter } };
}

/** The twelve bytes of a serial number. */
export function writeAesKsn({ initialKeyId, counter }: AesKsn): Uint8Array<ArrayBuffer> {
  assert(initialKeyId.length === ID_LENGTH, 'the name of an initial key has 8 bytes');
  const bytes = new Uint8Array(LENGTH);
  bytes.set(initialKeyId);
  new DataView(bytes.buffer).setUint32(ID_LENGTH, counter);
  return bytes;
}
