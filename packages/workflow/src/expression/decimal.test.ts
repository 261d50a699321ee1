import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  absolute,
  add,
  compare,
  compareText,
  decimalOfNumber,
  decimalText,
  fixedText,
  multiply,
  negate,
  readDecimal,
  subtract,
  yardstick,
} from './decimal.ts';

const anyDecimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.integer({ min: 0, max: 9 }))
  .map(([units, scale]) => ({ units, scale }));

function read(text: string) {
  const decimal = readDecimal(text);
  if (typeof decimal === 'string') throw new Error(`${text} is ${decimal}`);
  return decimal;
}

it.each(['', '-', '.5', '5.', '+1', '01', '1e3', '1,5', ' 1', '1 ', '1.2.3', '0x1', '١', '--1'])(
  '%j is no decimal',
  (text) => expect(readDecimal(text)).toBe('malformed'),
);

it('holds 38 digits, and zeros at the end for nothing', () => {
  expect(readDecimal('9'.repeat(38))).toEqual({ units: 10n ** 38n - 1n, scale: 0 });
  expect(readDecimal('9'.repeat(39))).toBe('overflow');
  expect(decimalText(read(`0.5${'0'.repeat(50)}`))).toBe('0.5');
  expect(readDecimal(`0.${'1'.repeat(39)}`)).toBe('overflow');
  expect(readDecimal('1'.repeat(1_000_000))).toBe('overflow');
});

it('reads back what it writes', () => {
  fc.assert(fc.property(anyDecimal, (value) => compare(read(decimalText(value)), value) === 0));
});

it('writes the shortest text, and a fixed one that loses nothing', () => {
  expect(decimalText(read('12.500'))).toBe('12.5');
  expect(decimalText(read('-0.00'))).toBe('0');
  expect(decimalText(read('-0.050'))).toBe('-0.05');
  expect(fixedText(read('12.5'), 2)).toBe('12.50');
  expect(fixedText(read('12.500'), 0)).toBeUndefined();
  expect(fixedText(7, 2)).toBe('7.00');
  expect(fixedText(read('12.505'), 2)).toBeUndefined();
});

it('reckons as rationals do', () => {
  fc.assert(
    fc.property(anyDecimal, anyDecimal, (a, b) => {
      const units = (value: typeof a) => value.units * 10n ** BigInt(18 - value.scale);
      const equals = (value: ReturnType<typeof add>, wanted: bigint) =>
        value !== undefined && compare(value, { units: wanted, scale: 18 }) === 0;
      expect(equals(add(a, b), units(a) + units(b))).toBe(true);
      expect(equals(subtract(a, b), units(a) - units(b))).toBe(true);
      const product = multiply(a, b);
      if (product !== undefined) {
        expect(compare(product, { units: units(a) * units(b), scale: 36 })).toBe(0);
      }
      expect(Math.sign(compare(a, b))).toBe(units(a) < units(b) ? -1 : units(a) > units(b) ? 1 : 0);
      expect(compare(absolute(negate(a)), absolute(a))).toBe(0);
    }),
  );
});

it('overflows rather than rounds', () => {
  const large = read('9'.repeat(38));
  expect(add(large, 1)).toBeUndefined();
  expect(multiply(large, 10)).toBeUndefined();
  expect(multiply(read(`0.${'0'.repeat(36)}1`), read('0.01'))).toBeUndefined();
  expect(add(large, read('0.1'))).toBeUndefined();
});

it.each([
  [0.1, '0.1'],
  [-0, '0'],
  [1e21, '1000000000000000000000'],
  [1.5e-7, '0.00000015'],
  [2 ** 53, '9007199254740992'],
  [-12.25, '-12.25'],
])('the number %d is %s', (number, text) => {
  const exact = decimalOfNumber(number);
  expect(exact === undefined ? undefined : decimalText(exact)).toBe(text);
});

it.each([1e300, 5e-324, Number.NaN, Number.POSITIVE_INFINITY])('%d is no decimal of 38 digits', (number) => {
  expect(decimalOfNumber(number)).toBeUndefined();
});

it('compares texts quickly as it does slowly, or not at all', () => {
  const short = fc
    .tuple(fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }), fc.integer({ min: 0, max: 6 }))
    .map(([units, scale]) => ({ units, scale }));
  fc.assert(
    fc.property(short, short, fc.integer({ min: 0, max: 6 }), (value, constant, digits) => {
      const text = fixedText(value, digits) ?? decimalText(value);
      const quick = compareText(text, yardstick(constant));
      if (!Number.isNaN(quick)) expect(Math.sign(quick)).toBe(Math.sign(compare(read(text), constant)));
    }),
    { numRuns: 2_000 },
  );
  expect(compareText('50.00', yardstick(50))).toBe(0);
  expect(compareText('-0.5', yardstick(0))).toBeLessThan(0);
  for (const text of ['', '-', '.5', '5.', '050.00', '1e3', '5.0.0', ' 5', '1234567890123456'])
    expect(compareText(text, yardstick(50))).toBeNaN();
});
