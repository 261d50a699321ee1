import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseTseCode, parseTseReceiptData, TSE_PARTS, writeTseCode } from './tse.ts';

const file = new URL('../../../../docs/vectors/payments/tse.json', import.meta.url);
const { tse } = JSON.parse(readFileSync(file, 'utf8'));
const code: string = tse.qr;

it('reads and writes a published code', () => {
  const result = parseTseCode(code);
  expect(result).toMatchObject({ ok: true, code: { transactionNumber: '18', signatureCounter: '112' } });
  expect(result.ok && writeTseCode(result.code)).toBe(code);
});

it('reads what was sold and how it was paid', () => {
  expect(parseTseReceiptData('Beleg^0.00_2.55_0.00_0.00_0.00^2.55:Bar')).toEqual({
    kind: 'Beleg',
    amounts: [0n, 255n, 0n, 0n, 0n],
    payments: [{ cents: 255n, method: 'Bar', currency: undefined }],
  });
  expect(parseTseReceiptData('Beleg^-1.00_0.00_0.00_0.00_0.00^-0.50:Bar_-0.50:Unbar')).toBeDefined();
});

it.each([
  'Beleg^0.00_2.55_0.00_0.00_0.00^2.56:Bar',
  'Beleg^0.00_2.55_0.00_0.00^2.55:Bar',
  'Beleg^0.00_2.55_0.00_0.00_0.00^2.55:Karte',
  'Beleg^0.00_2.55_0.00_0.00_0.00^',
  'Beleg^0.0_2.55_0.00_0.00_0.00^2.55:Bar',
])('refuses "%s"', (data) => {
  expect(parseTseReceiptData(data)).toBeUndefined();
});

it.each([
  ['version', 'V1'],
  ['processData', ''],
  ['transactionNumber', 'x'],
  ['signatureCounter', '-1'],
  ['startTime', '2019-07-10'],
  ['logTime', '2019-13-10T18:41:04.000Z'],
  ['logTimeFormat', 'time'],
  ['signature', 'MEQ'],
  ['publicKey', ''],
] as const)('names the part that is wrong: %s', (name, text) => {
  const parts = code.split(';').with(TSE_PARTS.indexOf(name), text);
  expect(parseTseCode(parts.join(';'))).toEqual({ ok: false, reason: name });
});

it('refuses a code that is cut, but for the last characters of its key', () => {
  const keyStart = code.lastIndexOf(';') + 1;
  for (let length = 0; length <= keyStart; length += 1)
    expect(parseTseCode(code.slice(0, length)).ok, `${length} characters`).toBe(false);
});
