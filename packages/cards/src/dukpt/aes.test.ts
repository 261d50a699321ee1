import { readFileSync } from 'node:fs';
import { createVirtualPorts, must } from '@holdfast/base';
import { Secret } from '@holdfast/crypto';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { decipherPinBlock4, encipherPinBlock4 } from '../pin/pin-block-4.ts';
import {
  type AesKeyUsage,
  aesInitialKey,
  aesTransactionKey,
  aesUpdateKey,
  aesWorkingKey,
  type WorkingKeyType,
} from './aes-derivation.ts';
import { AesDevice } from './aes-device.ts';
import { hostAesInitialKey, hostAesWorkingKey } from './aes-host.ts';
import { type AesKsn, readAesKsn, writeAesKsn } from './aes-ksn.ts';

type Case = { ksn: string; txnKey: string } & Partial<Record<string, string>>;
type Suite = {
  bdk: string;
  ikid: string;
  ik: string;
  pin: string;
  pan: string;
  pinfield: string;
  first8: Case[];
  around20000: Case[];
  last4: Case[];
  updateKeys: Record<string, string>;
};
type Keys = Partial<Record<AesKeyUsage, string>>;
type Suite128 = Suite & {
  allUsagesCounter1: { ksn: string; keys: Required<Keys> };
  tdesWorkingKeysCounter1: { ksn: string; tdes2: Keys; tdes3: Keys };
  workingKeysOfOtherCounters: ({ ksn: string } & Keys)[];
};
type Vectors = {
  dukptAes128: Suite128;
  dukptAes192: { initialKeys: { bdk: string; ikid: string; ik: string }[] };
  dukptAes256: Suite;
};
const file = new URL('../../../../docs/vectors/payments/dukpt-aes.json', import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(file, 'utf8'));
const suites = [vectors.dukptAes128, vectors.dukptAes256];
const cases = suites.flatMap((suite) =>
  [...suite.first8, ...suite.around20000, ...suite.last4].map((expected) => ({
    suite,
    ksn: expected.ksn,
    expected,
  })),
);
const ascii = (text: string) => new TextEncoder().encode(text);

/** The names of keys in the vectors. */
const NAMES: [string, AesKeyUsage, WorkingKeyType][] = [
  ['pinKeyAes128', 'pin', 'aes128'],
  ['pinKeyAes256', 'pin', 'aes256'],
  ['cmacKeyAes128', 'mac_generation', 'aes128'],
  ['cmacKeyAes256', 'mac_generation', 'aes256'],
  ['dataKeyAes128', 'data_encryption', 'aes128'],
  ['dataKeyAes256', 'data_encryption', 'aes256'],
];

test.each([...suites, ...vectors.dukptAes192.initialKeys])(
  'the initial key from $bdk',
  ({ bdk, ikid, ik }) => {
    expect(toHex(aesInitialKey({ baseKey: fromHex(bdk), initialKeyId: fromHex(ikid) }))).toBe(ik);
    expect(hostAesInitialKey(new Secret(fromHex(bdk)), fromHex(ikid)).use(toHex)).toBe(ik);
  },
);

test.each(cases)('serial number $ksn from $suite.bdk', ({ suite, expected }) => {
  const ksn = ksnOf(expected.ksn);
  const transactionKey = aesTransactionKey(fromHex(suite.ik), ksn);
  expect(toHex(transactionKey)).toBe(expected.txnKey);
  for (const [name, usage, type] of NAMES) {
    const key = expected[name];
    if (key === undefined) continue;
    expect(toHex(aesWorkingKey(transactionKey, { ksn, usage, type }))).toBe(key);
    const host = hostAesWorkingKey({ baseKey: new Secret(fromHex(suite.bdk)), ksn, usage, type });
    expect(host.use(toHex)).toBe(key);
  }
});

test.each(vectors.dukptAes128.first8)('the PIN block of $ksn', ({ ksn, encPinBlock4 }) => {
  const suite = vectors.dukptAes128;
  const baseKey = new Secret(fromHex(suite.bdk));
  const key = hostAesWorkingKey({ baseKey, ksn: ksnOf(ksn), usage: 'pin', type: 'aes128' });
  const random = {
    ...createVirtualPorts({ seed: 1 }).random,
    bytes: () => fromHex(suite.pinfield.slice(16)),
  };
  const [pin, pan] = [ascii(suite.pin), ascii(suite.pan)];
  const block = encipherPinBlock4({ pin, pan, key, random });
  expect(toHex(block)).toBe(encPinBlock4);
  expect(decipherPinBlock4({ block, pan, key }).ok).toBe(true);
});

test('the keys of every usage, of triple DES and of other counters', () => {
  const suite = vectors.dukptAes128;
  expectKeys(suite.allUsagesCounter1.ksn, 'aes128', suite.allUsagesCounter1.keys);
  expectKeys(suite.tdesWorkingKeysCounter1.ksn, 'tdes2', suite.tdesWorkingKeysCounter1.tdes2);
  expectKeys(suite.tdesWorkingKeysCounter1.ksn, 'tdes3', suite.tdesWorkingKeysCounter1.tdes3);
  for (const { ksn: other, ...keys } of suite.workingKeysOfOtherCounters) expectKeys(other, 'aes128', keys);
});

test.each(suites)('the update keys from $bdk', ({ ik, ikid, updateKeys }) => {
  for (const type of ['aes128', 'aes256', 'tdes2'] as const) {
    const expected = updateKeys[type];
    if (expected === undefined) continue;
    expect(toHex(aesUpdateKey(fromHex(ik), { initialKeyId: fromHex(ikid), type }))).toBe(expected);
  }
});

test.each([...suites, ...vectors.dukptAes192.initialKeys])(
  'a device and the host agree on every usage and type, from $bdk',
  ({ bdk, ikid }) => {
    const baseKey = new Secret(fromHex(bdk));
    const initialKeyId = fromHex(ikid);
    const device = new AesDevice({ initialKey: hostAesInitialKey(baseKey, initialKeyId), initialKeyId });
    for (let count = 1; count <= 700; count += 1) {
      const transaction = must(device.begin(), 'the counter is not out');
      expect(toHex(transaction.ksn)).toBe(toHex(writeAesKsn({ initialKeyId, counter: count })));
      if (count % 23 !== 0) continue;
      for (const [, usage, type] of NAMES.filter(([, , wanted]) => wanted === 'aes128')) {
        const host = hostAesWorkingKey({ baseKey, ksn: ksnOf(toHex(transaction.ksn)), usage, type });
        expect(transaction.workingKey(usage, type).use(toHex)).toBe(host.use(toHex));
      }
      transaction.end();
      expect(() => transaction.workingKey('pin', 'aes128')).toThrow('wiped');
    }
    device.wipe();
    expect(device.begin()).toBeUndefined();
  },
);

test('each type of key has its length; one stronger than the base key is a mistake of the program', () => {
  const ksn = ksnOf('123456789012345600000001');
  const lengths = {
    tdes2: 16,
    tdes3: 24,
    aes128: 16,
    aes192: 24,
    aes256: 32,
    hmac128: 16,
    hmac192: 24,
    hmac256: 32,
  };
  const keyOf = (base: number, type: WorkingKeyType) =>
    aesWorkingKey(new Uint8Array(base), { ksn, usage: 'mac_both', type });
  for (const type of [
    'tdes2',
    'tdes3',
    'aes128',
    'aes192',
    'aes256',
    'hmac128',
    'hmac192',
    'hmac256',
  ] as const) {
    expect(keyOf(32, type).length).toBe(lengths[type]);
    expect(toHex(keyOf(32, type)).slice(0, 16)).not.toBe(toHex(keyOf(24, 'tdes2')).slice(0, 16));
  }
  for (const type of ['aes192', 'aes256', 'hmac192', 'hmac256'] as const) {
    expect(() => keyOf(16, type)).toThrow('not stronger');
  }
  expect(() => keyOf(24, 'aes256')).toThrow('not stronger');
  expect(keyOf(24, 'aes192').length).toBe(24);
});

test('serial numbers of other lengths and with unusable counters are refused', () => {
  for (let length = 0; length < 16; length += 1) {
    if (length === 12) continue;
    expect(readAesKsn(new Uint8Array(length).fill(1))).toEqual({ ok: false, reason: 'ksn_length' });
  }
  for (const counter of ['00000000', '0001FFFF', 'FFFFFFFF', 'FFFF8000']) {
    const read = readAesKsn(fromHex(`1234567890123456${counter}`));
    expect(read).toEqual({ ok: false, reason: 'counter_unusable' });
  }
  const view = fromHex('00001234567890123456000000FF').subarray(2);
  const read = readAesKsn(view);
  expect(read.ok && toHex(writeAesKsn(read.ksn))).toBe('1234567890123456000000FF');
});

function expectKeys(ksnHex: string, type: WorkingKeyType, keys: Keys): void {
  const ksn = ksnOf(ksnHex);
  const transactionKey = aesTransactionKey(fromHex(vectors.dukptAes128.ik), ksn);
  for (const [usage, expected] of Object.entries(keys)) {
    // The names of usages in the vectors are those of the type.
    expect(toHex(aesWorkingKey(transactionKey, { ksn, usage: usage as AesKeyUsage, type }))).toBe(expected);
  }
}

function ksnOf(hex: string): AesKsn {
  const read = readAesKsn(fromHex(hex));
  if (!read.ok) throw new Error(read.reason);
  return read.ksn;
}
