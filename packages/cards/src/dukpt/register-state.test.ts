import { createVirtualPorts, must } from '@holdfast/base';
import { Secret } from '@holdfast/crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { AesDevice } from './aes-device.ts';
import { readRegisters, writeRegisters } from './register-state.ts';
import { TdesDevice } from './tdes-device.ts';

const initialKey = new Secret(fromHex('1273671EA26AC29AFA4D1084127652A1'));
const initialKeyId = fromHex('1234567890123456');
const initialKsn = fromHex('FFFF9876543210E00000');

/** The key of a transaction for PINs, as text. */
const aesKeyOf = (device: AesDevice) => {
  const transaction = must(device.begin(), 'there are keys');
  const key = transaction.workingKey('pin', 'aes128').use(toHex);
  transaction.end();
  return { ksn: toHex(transaction.ksn), key };
};

test('a device that is saved after each transaction goes on as one that was never switched off', () => {
  const steady = new AesDevice({ initialKey, initialKeyId });
  let state = new AesDevice({ initialKey, initialKeyId }).save();
  for (let round = 0; round < 40; round += 1) {
    const device = new AesDevice({ state, initialKeyId });
    expect(aesKeyOf(device)).toEqual(aesKeyOf(steady));
    state = device.save();
  }
});

test('so does one for triple DES', () => {
  const steady = new TdesDevice({ initialKey, initialKsn });
  let state = steady.save();
  for (let round = 0; round < 40; round += 1) {
    const device = new TdesDevice({ state, initialKsn });
    const [one, other] = [device, steady].map((each) => must(each.begin(), 'there are keys'));
    expect(one?.ksn).toEqual(other?.ksn);
    expect(one?.workingKey('pin').use(toHex)).toBe(other?.workingKey('pin').use(toHex));
    state = device.save();
  }
});

test('a power cut at any time uses no key twice, if the state is durable before the answer', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('none', 'before_save', 'after_save'), { maxLength: 60 }), (cuts) => {
      let durable = new AesDevice({ initialKey, initialKeyId }).save();
      let device = new AesDevice({ state: durable, initialKeyId });
      const used = new Set<string>();
      for (const cut of cuts) {
        const { ksn } = aesKeyOf(device);
        if (cut !== 'before_save') {
          durable = device.save();
          if (cut === 'none') {
            expect(used.has(ksn)).toBe(false);
            used.add(ksn);
          }
        }
        if (cut !== 'none') device = new AesDevice({ state: durable, initialKeyId });
      }
    }),
  );
});

test('what is saved reads back, and nothing that was cut short does', () => {
  const random = createVirtualPorts({ seed: 7 }).random;
  const registers = new Map([1, 4, 2 ** 31].map((bit) => [bit, random.bytes(16)]));
  const written = writeRegisters({ counter: 5, registers });
  expect(readRegisters(written)).toEqual({ counter: 5, registers });
  written.use((bytes) => {
    for (let length = 0; length < bytes.length; length += 1) {
      const read = readRegisters(new Secret(bytes.subarray(0, length)));
      expect(read === undefined || read.registers.size < registers.size).toBe(true);
    }
  });
  expect(readRegisters(new Secret(fromHex('020000000510')))).toBeUndefined();
});

test('a device does not start from registers that are not whole', () => {
  const state = new AesDevice({ initialKey, initialKeyId }).save();
  const cut = state.use((bytes) => new Secret(bytes.slice(0, -17)));
  expect(() => new AesDevice({ state: cut, initialKeyId })).toThrow('whole');
  expect(() => new AesDevice({ state: new Secret(fromHex('00')), initialKeyId })).toThrow('saved');
});

test('a device that has used all its keys stays so', () => {
  const spent = new AesDevice({ initialKey, initialKeyId });
  spent.wipe();
  expect(new AesDevice({ state: spent.save(), initialKeyId }).begin()).toBeUndefined();
});
