import { expect, test } from 'vitest';
import { brandOf } from './brand.ts';

const encoder = new TextEncoder();
const brandAs = (number: string) => brandOf(encoder.encode(number));
/** A number of 16 digits with these first ones. */
const padded = (prefix: string) => brandAs(prefix.padEnd(16, '0')).brand;

test.each([
  ['4242424242424242', 'visa'],
  ['5555555555554444', 'mastercard'],
  ['2223003122003222', 'mastercard'],
  ['378282246310005', 'amex'],
  ['6011111111111117', 'discover'],
  ['3566002020360505', 'jcb'],
  ['30569309025904', 'diners'],
  ['6205500000000000004', 'unionpay'],
  ['6759649826438453', 'maestro'],
  ['2200000000000004', 'mir'],
])('%s is of %s', (number, brand) => {
  expect(brandAs(number)).toMatchObject({ brand, isLengthAllowed: true });
});

test('ranges begin and end where they say', () => {
  expect(padded('222099')).toBe('unknown');
  expect(padded('2221')).toBe('mastercard');
  expect(padded('272099')).toBe('mastercard');
  expect(padded('2721')).toBe('unknown');
  expect(padded('2200')).toBe('mir');
  expect(padded('2204')).toBe('mir');
  expect(padded('2205')).toBe('unknown');
  expect(padded('3527')).toBe('unknown');
  expect(padded('3528')).toBe('jcb');
  expect(padded('3589')).toBe('jcb');
  expect(padded('3590')).toBe('unknown');
  expect(padded('643')).toBe('unknown');
  expect(padded('644')).toBe('discover');
  expect(padded('50')).toBe('maestro');
  expect(padded('51')).toBe('mastercard');
});

test('the longest prefix decides', () => {
  expect(padded('4571')).toBe('dankort');
  expect(padded('457393')).toBe('elo');
  expect(padded('506099')).toBe('verve');
  expect(padded('650002')).toBe('verve');
  expect(padded('650031')).toBe('elo');
  expect(padded('652150')).toBe('rupay');
  expect(padded('65')).toBe('discover');
  expect(padded('63')).toBe('maestro');
  expect(padded('637095')).toBe('hiper');
});

test('who else takes a card is said', () => {
  expect(brandAs('6221260000000000')).toMatchObject({ brand: 'unionpay', alsoAcceptedBy: ['discover'] });
  expect(brandAs('6229250000000000')).toMatchObject({ alsoAcceptedBy: ['discover'] });
  expect(brandAs('6221250000000000')).toMatchObject({ brand: 'unionpay', alsoAcceptedBy: [] });
  expect(brandAs('36000000000000')).toMatchObject({ brand: 'diners', alsoAcceptedBy: ['discover'] });
});

test('a wrong length is seen, and nothing is known of an unknown brand', () => {
  expect(brandAs('42424242424242').isLengthAllowed).toBe(false);
  expect(brandAs('4222222222222').isLengthAllowed).toBe(true);
  expect(brandAs('3782822463100055').isLengthAllowed).toBe(false);
  expect(brandAs('9999999999')).toEqual({ brand: 'unknown', alsoAcceptedBy: [], isLengthAllowed: true });
  expect(() => brandAs('4242')).toThrow('a card number has 8 to 19 digits');
});
