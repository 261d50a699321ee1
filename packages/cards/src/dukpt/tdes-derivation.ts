/**
 * The keys of triple DES DUKPT (ANSI X9.24-1:2009 annex A): base derivation key → initial key of a device → key of a
 * transaction → working keys for one purpose each. Legacy: for readers in the field; new devices use AES.
 */
import { assert } from '@holdfast/base';
import { concatBytes, wipe, xorBytes } from '../cipher/bytes.ts';
import { desEncrypt } from '../cipher/des.ts';
import { onesFromHighest } from './counter.ts';
import { type TdesKsn, withCounter, writeTdesKsn } from './tdes-ksn.ts';

/** What a working key is for; request is from the device to the host, response the other way. */
export type TdesKeyUsage = 'pin' | 'mac_request' | 'mac_response' | 'data_request' | 'data_response';

const KEY_LENGTH = 16;
/** Makes a second key of a key, for the left half of each step. */
const HALF_VARIANT = Uint8Array.of(0xc0, 0xc0, 0xc0, 0xc0, 0, 0, 0, 0, 0xc0, 0xc0, 0xc0, 0xc0, 0, 0, 0, 0);

/** Which byte of each half is inverted for a usage (X9.24-1:2009 table A-1). */
const VARIANT_BYTES: Record<TdesKeyUsage, number> = {
  pin: 7,
  mac_request: 6,
  mac_response: 4,
  data_request: 5,
  data_response: 3,
};

/** The initial key of the device that `initialKsn` names (A.6). */
export function tdesInitialKey({
  baseKey,
  initialKsn,
}: {
  baseKey: Uint8Array;
  initialKsn: Uint8Array;
}): Uint8Array<ArrayBuffer> {
  assert(baseKey.length === KEY_LENGTH, 'a base derivation key has 16 bytes');
  const name = withCounter(initialKsn, 0).subarray(0, 8);
  const variant = xorBytes(baseKey, HALF_VARIANT);
  const left = desEncrypt(baseKey, name);
  const right = desEncrypt(variant, name);
  const key = concatBytes(left, right);
  wipe(variant, left, right);
  return key;
}

/** The key of the transaction that the serial number names: one step for each one of its counter. */
export function tdesTransactionKey(initialKey: Uint8Array, ksn: TdesKsn): Uint8Array<ArrayBuffer> {
  let key = new Uint8Array(initialKey);
  let counter = 0;
  for (const one of onesFromHighest(ksn.counter)) {
    counter += one;
    const next = tdesNextKey(key, { ...ksn, counter });
    wipe(key);
    key = next;
  }
  return key;
}

/** One step of the derivation, which cannot be turned round (A.2 "non-reversible key generation"). */
export function tdesNextKey(key: Uint8Array, ksn: TdesKsn): Uint8Array<ArrayBuffer> {
  assert(key.length === KEY_LENGTH, 'a key has 16 bytes');
  const variant = xorBytes(key, HALF_VARIANT);
  const data = writeTdesKsn(ksn).subarray(-8);
  const left = halfKey(variant, data);
  const right = halfKey(key, data);
  const next = concatBytes(left, right);
  wipe(variant, left, right);
  return next;
}

function halfKey(key: Uint8Array, data: Uint8Array): Uint8Array {
  const [left, right] = [key.subarray(0, 8), key.subarray(8)];
  const masked = xorBytes(data, right);
  const enciphered = desEncrypt(left, masked);
  const half = xorBytes(enciphered, right);
  wipe(masked, enciphered);
  return half;
}

/** The key for one purpose: a variant of the transaction's, for data enciphered under itself as well. */
export function tdesWorkingKey(transactionKey: Uint8Array, usage: TdesKeyUsage): Uint8Array<ArrayBuffer> {
  assert(transactionKey.length === KEY_LENGTH, 'a key has 16 bytes');
  const variant = new Uint8Array(KEY_LENGTH);
  variant[VARIANT_BYTES[usage]] = 0xff;
  variant[8 + VARIANT_BYTES[usage]] = 0xff;
  const key = xorBytes(transactionKey, variant);
  if (usage !== 'data_request' && usage !== 'data_response') return key;
  const enciphered = desEncrypt(key, key);
  wipe(key);
  return enciphered;
}
