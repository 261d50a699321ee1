import { expect, test } from 'vitest';
import { fromHex } from '../encoding/hex.ts';
import { TVR } from './bits.ts';
import { checkRestrictions, type RestrictionSetting } from './restrictions.ts';

function bitsOf(changes: Partial<RestrictionSetting> = {}): string[] {
  return TVR.names(
    checkRestrictions({
      cardVersion: fromHex('008C'),
      terminalVersion: fromHex('008C'),
      usageControl: fromHex('FFC0'),
      issuerCountry: fromHex('0752'),
      terminalCountry: fromHex('0752'),
      isAtm: false,
      transaction: 'purchase',
      today: fromHex('261120'),
      effectiveDate: fromHex('200101'),
      expirationDate: fromHex('311231'),
      ...changes,
    }),
  );
}

test('nothing to object', () => {
  expect(bitsOf()).toEqual([]);
  const absent = {
    cardVersion: undefined,
    usageControl: undefined,
    issuerCountry: undefined,
    effectiveDate: undefined,
  };
  expect(bitsOf(absent)).toEqual([]);
});

test('another version of the application', () => {
  expect(bitsOf({ cardVersion: fromHex('0096') })).toEqual(['applicationVersionsDiffer']);
});

test.each([
  ['the last day', '261120', []],
  ['the day after', '261119', ['expiredApplication']],
  ['the century before: 50 is 1950', '501231', ['expiredApplication']],
  ['the last year of this one', '491231', []],
  ['no date', '261301', ['expiredApplication']],
  ['no digits', 'FFFFFF', ['expiredApplication']],
])('expiration: %s', (_what, date, bits) => {
  expect(bitsOf({ expirationDate: fromHex(date) })).toEqual(bits);
});

test.each([
  ['today', '261120', []],
  ['tomorrow', '261121', ['applicationNotYetEffective']],
  ['no date', '000000', ['applicationNotYetEffective']],
])('effective: %s', (_what, date, bits) => {
  expect(bitsOf({ effectiveDate: fromHex(date) })).toEqual(bits);
});

const NOT_ALLOWED = ['serviceNotAllowed'];
const ABROAD = fromHex('0578');

test.each([
  ['domestic cash', '8100', 'cash', undefined, []],
  ['domestic cash', '7FC0', 'cash', undefined, NOT_ALLOWED],
  ['international cash', '4100', 'cash', ABROAD, []],
  ['international cash', 'BFC0', 'cash', ABROAD, NOT_ALLOWED],
  ['domestic goods', '2100', 'goods', undefined, []],
  ['domestic goods', 'DFC0', 'goods', undefined, NOT_ALLOWED],
  ['international goods', '1100', 'goods', ABROAD, []],
  ['international goods', 'EFC0', 'goods', ABROAD, NOT_ALLOWED],
  ['domestic services', '0900', 'services', undefined, []],
  ['domestic services', 'F7C0', 'services', undefined, NOT_ALLOWED],
  ['international services', '0500', 'services', ABROAD, []],
  ['international services', 'FBC0', 'services', ABROAD, NOT_ALLOWED],
  ['a purchase as goods', '2100', 'purchase', undefined, []],
  ['a purchase as services', '0900', 'purchase', undefined, []],
  ['a purchase as neither', 'D7C0', 'purchase', undefined, NOT_ALLOWED],
  ['domestic cashback', '2180', 'cashback', undefined, []],
  ['domestic cashback', 'FF40', 'cashback', undefined, NOT_ALLOWED],
  ['cashback without the purchase', '0180', 'cashback', undefined, NOT_ALLOWED],
  ['international cashback', '1140', 'cashback', ABROAD, []],
  ['international cashback', 'FF80', 'cashback', ABROAD, NOT_ALLOWED],
  ['something else', '0100', 'other', undefined, []],
] as const)('usage: %s with %s', (_what, auc, transaction, country, bits) => {
  const terminalCountry = country ?? fromHex('0752');
  expect(bitsOf({ usageControl: fromHex(auc), transaction, terminalCountry })).toEqual(bits);
});

test('cash machines and other terminals have a bit each', () => {
  expect(bitsOf({ usageControl: fromHex('FEC0') })).toEqual(NOT_ALLOWED);
  expect(bitsOf({ usageControl: fromHex('FDC0') })).toEqual([]);
  expect(bitsOf({ usageControl: fromHex('FDC0'), isAtm: true, transaction: 'cash' })).toEqual(NOT_ALLOWED);
  expect(bitsOf({ usageControl: fromHex('FEC0'), isAtm: true, transaction: 'cash' })).toEqual([]);
});

test('without the country of the issuer only the kind of terminal is looked at', () => {
  expect(bitsOf({ usageControl: fromHex('0100'), issuerCountry: undefined })).toEqual([]);
  expect(bitsOf({ usageControl: fromHex('FE00'), issuerCountry: undefined })).toEqual(NOT_ALLOWED);
});
