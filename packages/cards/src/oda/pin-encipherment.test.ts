import { createVirtualPorts } from '@holdfast/base';
import { expect, test } from 'vitest';
import { rsaPrivate } from '../cipher/rsa.ts';
import { generateRsaKey } from '../cipher/rsa-key-pair.ts';
import { fromHex, toHex } from '../encoding/hex.ts';
import { decipherOfflinePin, encipherOfflinePin } from './pin-encipherment.ts';

const { random } = createVirtualPorts({ seed: 7 });
const key = generateRsaKey({ modulusLength: 96, exponent: 3, random });
const pinBlock = fromHex('241234FFFFFFFFFF');
const unpredictableNumber = fromHex('0102030405060708');

function enciphered(): Uint8Array {
  const data = encipherOfflinePin(key.publicKey, { pinBlock, unpredictableNumber, random });
  if (data === undefined) throw new Error('the key is allowed');
  return data;
}

test('the card reads the PIN block that the terminal enciphered, and no two look alike', () => {
  const [first, second] = [enciphered(), enciphered()];
  expect(toHex(first)).not.toBe(toHex(second));
  for (const data of [first, second]) {
    const read = decipherOfflinePin(key, { data, unpredictableNumber });
    expect(read.ok && read.pinBlock.use(toHex)).toBe('241234FFFFFFFFFF');
  }
});

test('a block for another challenge, another key or of another length is refused', () => {
  const data = enciphered();
  const other = fromHex('0102030405060709');
  expect(decipherOfflinePin(key, { data, unpredictableNumber: other })).toEqual({
    ok: false,
    reason: 'unpredictable_number',
  });
  const signed = rsaPrivate(key, data);
  expect(decipherOfflinePin(key, { data: signed, unpredictableNumber })).toEqual({
    ok: false,
    reason: 'header',
  });
  expect(decipherOfflinePin(key, { data: data.subarray(1), unpredictableNumber })).toEqual({
    ok: false,
    reason: 'length',
  });
  const tooLarge = new Uint8Array(96).fill(0xff);
  expect(decipherOfflinePin(key, { data: tooLarge, unpredictableNumber })).toEqual({
    ok: false,
    reason: 'length',
  });
});

test('a key that EMV does not allow enciphers nothing', () => {
  const wrong = { ...key.publicKey, exponent: Uint8Array.of(5) };
  expect(encipherOfflinePin(wrong, { pinBlock, unpredictableNumber, random })).toBeUndefined();
});
