import { Secret } from '@holdfast/crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binOf, isPan, maskAllButLast, maskPan, tokenOf, truncatePan } from './pan.ts';

const encoder = new TextEncoder();
const bytes = (text: string) => encoder.encode(text);
const pans = fc.stringMatching(/^[0-9]{8,19}$/);

test('a number has 8 to 19 digits', () => {
  expect(isPan(bytes('1'.repeat(7)))).toBe(false);
  expect(isPan(bytes('1'.repeat(8)))).toBe(true);
  expect(isPan(bytes('1'.repeat(19)))).toBe(true);
  expect(isPan(bytes('1'.repeat(20)))).toBe(false);
  expect(isPan(bytes('411111111111111F'))).toBe(false);
  expect(isPan(new Uint8Array())).toBe(false);
});

test('the identifier of the issuer has eight digits, or six of a short number', () => {
  expect(binOf(bytes('4242424242424242'))).toBe('42424242');
  expect(binOf(bytes('6205500000000000004'))).toBe('62055000');
  expect(binOf(bytes('378282246310005'))).toBe('378282');
  expect(binOf(bytes('30569309025904'))).toBe('305693');
});

test.each([
  ['4242424242424242', '42424242****4242'],
  ['378282246310005', '378282*****0005'],
  ['30569309025904', '305693****5904'],
  ['4222222222222', '42222****2222'],
  ['676700000006', '6767****0006'],
  ['12345678', '****5678'],
  ['62055000000000000', '620550*******0000'],
  ['620550000000000004', '620550********0004'],
  ['6205500000000000004', '620550*********0004'],
])('%s is shown as %s', (pan, shown) => {
  expect(maskPan(bytes(pan))).toBe(shown);
  expect(maskAllButLast(bytes(pan))).toBe(shown.slice(-4).padStart(pan.length, '*'));
  expect(truncatePan(bytes(pan))).toEqual({
    first: shown.replace(/\*.*/, ''),
    last: shown.slice(-4),
    length: pan.length,
  });
});

test('at least four digits of every number are missing', () => {
  fc.assert(
    fc.property(pans, (pan) => {
      const { first, last } = truncatePan(bytes(pan));
      expect(pan.length - first.length - last.length).toBeGreaterThanOrEqual(4);
      expect(pan.startsWith(first) && pan.endsWith(last)).toBe(true);
      expect(maskPan(bytes(pan), '•')).toHaveLength(pan.length);
    }),
  );
  expect(() => maskPan(bytes('4242424242424242'), '0')).toThrow('a mask is one character that is no digit');
  expect(() => maskAllButLast(bytes('4242424242424242'), '**')).toThrow('a mask is one character');
});

test('a token is the same for the same number and key, and says nothing of the number', () => {
  const key = new Secret(new Uint8Array(32).fill(7));
  const other = new Secret(new Uint8Array(32).fill(8));
  const token = tokenOf(bytes('4242424242424242'), key);
  expect(token).toMatch(/^pan1_[A-Za-z0-9_-]{43}$/);
  expect(tokenOf(bytes('4242424242424242'), key)).toBe(token);
  expect(tokenOf(bytes('4242424242424242'), other)).not.toBe(token);
  expect(tokenOf(bytes('4242424242424241'), key)).not.toBe(token);
});

test('what is no card number is a defect of the program', () => {
  const key = new Secret(new Uint8Array(32));
  for (const use of [binOf, truncatePan, (pan: Uint8Array) => tokenOf(pan, key)]) {
    expect(() => use(bytes('123'))).toThrow('a card number has 8 to 19 digits');
  }
});
