import { readFileSync } from 'node:fs';
import { must } from '@holdfast/base';
import { Secret } from '@holdfast/crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { macAlgorithm3 } from '../cipher/iso9797.ts';
import { fromHex, toHex } from '../encoding/hex.ts';
import { readPinBlock0, writePinBlock0 } from '../pin/pin-block.ts';
import { tdesInitialKey, tdesTransactionKey } from './tdes-derivation.ts';
import { TdesDevice } from './tdes-device.ts';
import { hostTdesInitialKey, hostTdesWorkingKey } from './tdes-host.ts';
import { readTdesKsn, type TdesKsn, writeTdesKsn } from './tdes-ksn.ts';
import {
  decipherTdesData,
  decipherTdesPinBlock,
  encipherTdesData,
  encipherTdesPinBlock,
  tdesMac,
} from './tdes-messages.ts';

type Case = {
  ksn: string;
  txnKey: string;
  encPin: string;
  macReq: string;
  macResp: string;
  encReqData: string;
};
type Vectors = {
  bdk: string;
  ik: string;
  iksn: string;
  pin: string;
  pan: string;
  clearPinBlock: string;
  data: string;
  initial: Case[];
  rollover: Case[];
};
const file = new URL('../../../../docs/vectors/payments/dukpt-tdes.json', import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(file, 'utf8')).dukptTdes;
const baseKey = new Secret(fromHex(vectors.bdk));
const ascii = (text: string) => new TextEncoder().encode(text);

test('the initial key', () => {
  expect(toHex(tdesInitialKey({ baseKey: fromHex(vectors.bdk), initialKsn: fromHex(vectors.iksn) }))).toBe(
    vectors.ik,
  );
  expect(secretHex(hostTdesInitialKey(baseKey, fromHex(vectors.iksn)))).toBe(vectors.ik);
});

test.each([...vectors.initial, ...vectors.rollover])('serial number $ksn', (expected) => {
  const ksn = ksnOf(expected.ksn);
  expect(toHex(tdesTransactionKey(fromHex(vectors.ik), ksn))).toBe(expected.txnKey);
  const keyOf = (usage: 'pin' | 'mac_request' | 'mac_response' | 'data_request') =>
    hostTdesWorkingKey({ baseKey, ksn, usage });
  const block = writePinBlock0({ pin: ascii(vectors.pin), pan: ascii(vectors.pan) });
  expect(toHex(block)).toBe(vectors.clearPinBlock);
  expect(toHex(encipherTdesPinBlock(keyOf('pin'), block))).toBe(expected.encPin);
  expect(toHex(tdesMac(keyOf('mac_request'), ascii(vectors.data)))).toBe(expected.macReq);
  expect(toHex(tdesMac(keyOf('mac_response'), ascii(vectors.data)))).toBe(expected.macResp);
  expect(toHex(encipherTdesData(keyOf('data_request'), ascii(vectors.data)))).toBe(expected.encReqData);
});

test('a device makes what the host expects, from the first serial number on', () => {
  const device = newDevice();
  for (const expected of vectors.initial) {
    const transaction = must(device.begin(), 'the counter is not out');
    expect(toHex(transaction.ksn)).toBe(expected.ksn);
    const block = fromHex(vectors.clearPinBlock);
    expect(toHex(encipherTdesPinBlock(transaction.workingKey('pin'), block))).toBe(expected.encPin);
    transaction.end();
    expect(() => transaction.workingKey('pin')).toThrow('wiped');
  }
});

test('device and host agree across many serial numbers and for every usage', () => {
  const device = newDevice();
  for (let count = 0; count < 3000; count += 1) {
    const transaction = must(device.begin(), 'the counter is not out');
    if (count % 37 !== 0) continue;
    const read = readTdesKsn(transaction.ksn);
    if (!read.ok) throw new Error(read.reason);
    for (const usage of ['pin', 'mac_request', 'mac_response', 'data_request', 'data_response'] as const) {
      const host = hostTdesWorkingKey({ baseKey, ksn: read.ksn, usage });
      expect(secretHex(transaction.workingKey(usage))).toBe(secretHex(host));
    }
  }
});

test('a device without keys begins no transaction', () => {
  const device = newDevice();
  device.wipe();
  expect(device.begin()).toBeUndefined();
});

test('the data of a response have a key of their own (TDES of the inverted fourth byte)', () => {
  const ksn = ksnOf('FFFF9876543210E00001');
  const data = encipherTdesData(
    hostTdesWorkingKey({ baseKey, ksn, usage: 'data_response' }),
    ascii(vectors.data),
  );
  expect(toHex(data)).toBe('1FCC89AF66222F27B903898BB2BC8589CDBFDE5EC6AFCC25');
});

test('the second half of the MAC is what is left away', () => {
  const key = hostTdesWorkingKey({ baseKey, ksn: ksnOf('FFFF9876543210E00001'), usage: 'mac_request' });
  expect(key.use((bytes) => toHex(macAlgorithm3(bytes, ascii(vectors.data), 1)))).toBe('9CCC78173FC4FB64');
});

test('what is enciphered is deciphered', () => {
  const ksn = ksnOf('FFFF9876543210EFF800');
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (data) => {
      const key = hostTdesWorkingKey({ baseKey, ksn, usage: 'data_request' });
      expect(decipherTdesData(key, encipherTdesData(key, data)).subarray(0, data.length)).toEqual(data);
    }),
  );
  const pinKey = hostTdesWorkingKey({ baseKey, ksn, usage: 'pin' });
  const block = decipherTdesPinBlock(pinKey, fromHex('33365F5CC6F23C35'));
  expect(readPinBlock0({ block, pan: ascii(vectors.pan) }).ok).toBe(true);
});

test('serial numbers of ten and of eight bytes', () => {
  const ten = ksnOf('FFFF9876543210E00008');
  expect(ksnOf('9876543210E00008')).toEqual(ten);
  expect(toHex(ten.initialKsn)).toBe('FFFF9876543210E00000');
  expect(toHex(writeTdesKsn(ten))).toBe('FFFF9876543210E00008');
});

test('serial numbers of other lengths and with unusable counters are refused', () => {
  for (let length = 0; length < 14; length += 1) {
    if (length === 8 || length === 10) continue;
    expect(readTdesKsn(new Uint8Array(length).fill(1))).toEqual({ ok: false, reason: 'ksn_length' });
  }
  for (const ksn of ['FFFF9876543210E00000', 'FFFF9876543210FFFFFF', 'FFFF9876543210E007FF']) {
    expect(readTdesKsn(fromHex(ksn))).toEqual({ ok: false, reason: 'counter_unusable' });
  }
  expect(readTdesKsn(fromHex('FFFF9876543210E003FF')).ok).toBe(true);
});

function newDevice(): TdesDevice {
  const initialKsn = fromHex(vectors.iksn);
  return new TdesDevice({ initialKey: hostTdesInitialKey(baseKey, initialKsn), initialKsn });
}

function ksnOf(hex: string): TdesKsn {
  const read = readTdesKsn(fromHex(hex));
  if (!read.ok) throw new Error(read.reason);
  return read.ksn;
}

function secretHex(secret: Secret): string {
  return secret.use(toHex);
}
