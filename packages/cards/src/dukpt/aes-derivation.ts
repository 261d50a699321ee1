/**
 * The keys of AES DUKPT (ANSI X9.24-3:2017 6.2 and 6.3): base derivation key → initial key → key of a transaction →
 * working keys. Each step enciphers a description of the key that comes out, so no two keys are related.
 */
import { assert } from '@holdfast/base';
import { AES_BLOCK, aesEncrypt } from '../cipher/aes.ts';
import { wipe } from '../cipher/bytes.ts';
import { type AesKsn, UPDATE_KEY_COUNTER } from './aes-ksn.ts';
import { onesFromHighest } from './counter.ts';

/** What a working key is used with. */
export type WorkingKeyType =
  | 'tdes2'
  | 'tdes3'
  | 'aes128'
  | 'aes192'
  | 'aes256'
  | 'hmac128'
  | 'hmac192'
  | 'hmac256';

/** What a working key is for, seen from the device: it generates requests and verifies responses. */
export type AesKeyUsage =
  | 'key_encryption'
  | 'pin'
  | 'mac_generation'
  | 'mac_verification'
  | 'mac_both'
  | 'data_encryption'
  | 'data_decryption'
  | 'data_both';

type KeyForm = { algorithm: number; bits: number; strengthBits: number };

/** X9.24-3:2017 tables 1 and 2; the strength is that of NIST SP 800-57 part 1. */
const FORMS: Record<WorkingKeyType, KeyForm> = {
  tdes2: { algorithm: 0, bits: 128, strengthBits: 80 },
  tdes3: { algorithm: 1, bits: 192, strengthBits: 112 },
  aes128: { algorithm: 2, bits: 128, strengthBits: 128 },
  aes192: { algorithm: 3, bits: 192, strengthBits: 192 },
  aes256: { algorithm: 4, bits: 256, strengthBits: 256 },
  hmac128: { algorithm: 5, bits: 128, strengthBits: 128 },
  hmac192: { algorithm: 5, bits: 192, strengthBits: 192 },
  hmac256: { algorithm: 5, bits: 256, strengthBits: 256 },
};

const USAGES: Record<AesKeyUsage, number> = {
  key_encryption: 0x0002,
  pin: 0x1000,
  mac_generation: 0x2000,
  mac_verification: 0x2001,
  mac_both: 0x2002,
  data_encryption: 0x3000,
  data_decryption: 0x3001,
  data_both: 0x3002,
};

const KEY_DERIVATION = 0x8000;
const INITIAL_KEY_DERIVATION = 0x8001;
const VERSION = 1;

/** The initial key of a device; it is as long as the base derivation key. */
export function aesInitialKey({
  baseKey,
  initialKeyId,
}: {
  baseKey: Uint8Array;
  initialKeyId: Uint8Array;
}): Uint8Array<ArrayBuffer> {
  assert(initialKeyId.length === 8, 'the name of an initial key has 8 bytes');
  return derive(baseKey, { usage: INITIAL_KEY_DERIVATION, form: formOf(baseKey), id: initialKeyId });
}

/** The key of the transaction that the serial number names: one step for each one of its counter. */
export function aesTransactionKey(initialKey: Uint8Array, ksn: AesKsn): Uint8Array<ArrayBuffer> {
  let key = new Uint8Array(initialKey);
  let counter = 0;
  for (const one of onesFromHighest(ksn.counter)) {
    counter += one;
    const next = aesNextKey(key, { ...ksn, counter });
    wipe(key);
    key = next;
  }
  return key;
}

/** One step: the key of a counter from that of the counter without its lowest one. */
export function aesNextKey(key: Uint8Array, ksn: AesKsn): Uint8Array<ArrayBuffer> {
  return derive(key, { usage: KEY_DERIVATION, form: formOf(key), id: transactionId(ksn) });
}

/** The key for one purpose; it must not be stronger than the key it is derived from (6.2.1). */
export function aesWorkingKey(
  transactionKey: Uint8Array,
  { ksn, usage, type }: { ksn: AesKsn; usage: AesKeyUsage; type: WorkingKeyType },
): Uint8Array<ArrayBuffer> {
  const form = FORMS[type];
  const strength = formOf(transactionKey).strengthBits;
  assert(form.strengthBits <= strength, 'a working key is not stronger than the key it comes from');
  return derive(transactionKey, { usage: USAGES[usage], form, id: transactionId(ksn) });
}

/** The key that protects a new initial key for the device (6.5.3). */
export function aesUpdateKey(
  initialKey: Uint8Array,
  { initialKeyId, type }: { initialKeyId: Uint8Array; type: WorkingKeyType },
): Uint8Array<ArrayBuffer> {
  const ksn = { initialKeyId, counter: UPDATE_KEY_COUNTER };
  const transactionKey = aesTransactionKey(initialKey, ksn);
  const key = aesWorkingKey(transactionKey, { ksn, usage: 'key_encryption', type });
  wipe(transactionKey);
  return key;
}

/** The device's half of the initial key's name and the counter. */
function transactionId({ initialKeyId, counter }: AesKsn): Uint8Array {
  const id = new Uint8Array(8);
  id.set(initialKeyId.subarray(4));
  new DataView(id.buffer).setUint32(4, counter);
  return id;
}

/** Enciphers the description of the new key once for each block of it (6.3.1). */
function derive(
  key: Uint8Array,
  { usage, form, id }: { usage: number; form: KeyForm; id: Uint8Array },
): Uint8Array<ArrayBuffer> {
  const length = form.bits / 8;
  const count = Math.ceil(length / AES_BLOCK);
  const data = new Uint8Array(count * AES_BLOCK);
  const view = new DataView(data.buffer);
  for (let block = 0; block < count; block += 1) {
    const offset = block * AES_BLOCK;
    view.setUint8(offset, VERSION);
    view.setUint8(offset + 1, block + 1);
    view.setUint16(offset + 2, usage);
    view.setUint16(offset + 4, form.algorithm);
    view.setUint16(offset + 6, form.bits);
    data.set(id, offset + 8);
  }
  const blocks = aesEncrypt(key, data);
  const derived = blocks.slice(0, length);
  wipe(blocks);
  return derived;
}

/** Keys are derived with AES alone; the length says which. */
function formOf(key: Uint8Array): KeyForm {
  assert(key.length === 16 || key.length === 24 || key.length === 32, 'an AES key has 16, 24 or 32 bytes');
  return key.length === 16 ? FORMS.aes128 : key.length === 24 ? FORMS.aes192 : FORMS.aes256;
}
