/** What the product makes with the keys of AES DUKPT, by the names that vectors give to it. */

import {
  type AesKeyUsage,
  type AesKsn,
  aesDecrypt,
  aesMac,
  aesTransactionKey,
  aesWorkingKey,
  encipherAesData,
  encipherPinBlock4,
  hostAesInitialKey,
  hostAesWorkingKey,
  panField4,
  type WorkingKeyType,
} from '@holdfast/cards';
import { hmacSha256, Secret } from '@holdfast/crypto';
import type { Values } from '../case-values.ts';
import { ascii } from '../compare.ts';
import { type Family, typesOf } from './dukpt-aes-names.ts';

type Of = { it: Values; ksn: AesKsn };

/** What may stand under a name: one value for each length of the working key, the longest first. */
export const RESULTS: ReadonlyMap<string, (of: Of) => Uint8Array[]> = new Map([
  ['encPinBlock4', (of: Of) => underKeys(of, { usage: 'pin', family: 'aes' }, (key) => pinBlock(of.it, key))],
  ['cmac', (of: Of) => cmacs(of, 'mac_generation')],
  ['cmacResp', (of: Of) => cmacs(of, 'mac_verification')],
  ['hmac', (of: Of) => hmacs(of, 'mac_generation')],
  ['hmacResp', (of: Of) => hmacs(of, 'mac_verification')],
  ['encData', (of: Of) => enciphered(of, 'data_encryption')],
  ['encRespData', (of: Of) => enciphered(of, 'data_decryption')],
]);

function cmacs(of: Of, usage: AesKeyUsage): Uint8Array[] {
  return underKeys(of, { usage, family: 'aes' }, (key) => aesMac(key, dataOf(of.it)));
}

function hmacs(of: Of, usage: AesKeyUsage): Uint8Array[] {
  return underKeys(of, { usage, family: 'hmac' }, (key) =>
    key.use((bytes) => hmacSha256(bytes, dataOf(of.it))),
  );
}

function enciphered(of: Of, usage: AesKeyUsage): Uint8Array[] {
  const iv = of.it.hexIfAny('iv');
  return underKeys(of, { usage, family: 'aes' }, (key) =>
    encipherAesData(key, { data: dataOf(of.it), ...(iv && { iv }) }),
  );
}

function underKeys(
  { it, ksn }: Of,
  { usage, family }: { usage: AesKeyUsage; family: Family },
  result: (key: Secret) => Uint8Array,
): Uint8Array[] {
  const types = typesOf(family, initialKeyOf(it, ksn).length).toReversed();
  return types.map((type) => result(workingKey(it, { ksn, usage, type })));
}

function dataOf(it: Values): Uint8Array {
  return it.has('dataHex') ? it.hex('dataHex') : ascii(it.text('data'));
}

/** From the base key; where there is none, the one that is given. */
export function initialKeyOf(it: Values, ksn?: AesKsn): Uint8Array {
  if (!it.has('bdk')) return it.hex('ik');
  return bytesOfKey(hostAesInitialKey(new Secret(it.hex('bdk')), ksn?.initialKeyId ?? it.hex('ikid')));
}

/** As the host derives it, or the device where the base key is not given. */
export function workingKey(
  it: Values,
  form: { ksn: AesKsn; usage: AesKeyUsage; type: WorkingKeyType },
): Secret {
  if (it.has('bdk')) return hostAesWorkingKey({ baseKey: new Secret(it.hex('bdk')), ...form });
  return new Secret(aesWorkingKey(aesTransactionKey(it.hex('ik'), form.ksn), form));
}

/** The field of PIN and drawn bytes under a known key, opened by hand: it is nowhere else in the clear. */
export function pinFieldOf(it: Values): Uint8Array {
  const key = new Uint8Array(16);
  const combined = aesDecrypt(key, pinBlock(it, new Secret(key)));
  const panField = panField4(it.digits('pan'));
  return aesDecrypt(
    key,
    combined.map((byte, index) => byte ^ (panField[index] ?? 0)),
  );
}

function pinBlock(it: Values, key: Secret): Uint8Array {
  const drawn = it.has('random') ? it.hex('random') : it.hex('pinfield').slice(8);
  const random = { unit: () => 0, bytes: () => new Uint8Array(drawn) };
  return encipherPinBlock4({ pin: it.digits('pin'), pan: it.digits('pan'), key, random });
}

/** A copy of a key that outlives its use. */
export function bytesOfKey(key: Secret): Uint8Array {
  return key.use((bytes) => new Uint8Array(bytes));
}
