import { expect, test } from 'vitest';
import {
  allowsCash,
  allowsPurchase,
  isOnlineOnly,
  requiresChip,
  requiresPin,
  serviceCodeOf,
  serviceCodeWords,
} from './service-code.ts';

test.each([
  ['101', false, false, false, true, true],
  ['201', true, false, false, true, true],
  ['221', true, false, true, true, true],
  ['120', false, true, true, true, true],
  ['206', true, false, false, true, true],
  ['502', false, false, false, true, false],
  ['645', true, true, true, true, false],
  ['703', false, true, false, false, false],
  ['904', false, false, false, false, true],
])('%s', (code, chip, pin, online, purchase, cash) => {
  const service = serviceCodeOf(code);
  expect(requiresChip(service)).toBe(chip);
  expect(requiresPin(service)).toBe(pin);
  expect(isOnlineOnly(service)).toBe(online);
  expect(allowsPurchase(service)).toBe(purchase);
  expect(allowsCash(service, false)).toBe(cash);
});

test('a card for cash machines gives cash there alone', () => {
  expect(allowsCash(serviceCodeOf('703'), true)).toBe(true);
  expect(allowsCash(serviceCodeOf('502'), true)).toBe(false);
});

test('the meaning can be read', () => {
  expect(serviceCodeWords(serviceCodeOf('221'))).toBe(
    'international use with a chip, authorised online by the issuer, all services, no PIN needed',
  );
  expect(serviceCodeWords(serviceCodeOf('747'))).toBe(
    'no interchange but by agreement, authorised online by the issuer unless agreed otherwise, ' +
      'goods and services, no cash, PIN where there is a PIN pad',
  );
});

test('a reserved digit asks the issuer and allows nothing by itself', () => {
  const service = serviceCodeOf('038');
  expect(service).toMatchObject({ interchange: 'reserved', authorisation: 'reserved', services: 'reserved' });
  expect(isOnlineOnly(service)).toBe(true);
  expect(allowsPurchase(service)).toBe(false);
  expect(allowsCash(service, true)).toBe(false);
  for (const code of ['', '10', '1011', '10x']) {
    expect(() => serviceCodeOf(code)).toThrow('a service code has three digits');
  }
});
