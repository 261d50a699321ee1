/**
 * Exact conversion between what people write ("12.50") and minor units. Nothing is rounded: an amount that its
 * currency cannot hold is refused. The reader walks the characters once, for it runs for every line of every sale.
 */
import { AppError, LIMITS } from '@holdfast/base';
import { type Currency, currencyOf } from './currency.ts';

const ZERO = 48;
const NINE = 57;
const DOT = 46;
const MINUS = 45;

/** Beyond these a JavaScript number is written with an exponent. */
const PLAIN_NUMBER_BELOW = 1e21;
const PLAIN_NUMBER_FROM = 1e-6;

/** The bound as a number: exact, and beyond it a sum of digits in floating point cannot fall back below it. */
const MINOR_MAX = Number(LIMITS.amountMinorMax);

/**
 * Minor units of a decimal amount. A string is a plain decimal: optional minus, no leading zeros, a dot and at least
 * one digit if it has decimals; zeros at the end are exact in any number. A number stands for its shortest decimal
 * text. Throws AppError `unknown_currency`, `invalid_request` (not a decimal number), `amount_precision` (more
 * decimals than the currency has) or `amount_out_of_range` (beyond `LIMITS.amountMinorMax`).
 */
export function toMinor(amount: string | number, currency: string): bigint {
  const known = currencyOf(currency);
  return readDecimal(typeof amount === 'string' ? amount : numberText(amount, known), known);
}

/** The decimal text of minor units with all decimals of the currency: `12.50`, `-0.05`, JPY `1200`. */
export function toDecimal(minor: bigint, currency: string): string {
  const { exponent } = currencyOf(currency);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  const sign = minor < 0n ? '-' : '';
  if (exponent === 0) return sign + digits;
  const point = digits.length - exponent;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The sum of minor units; 0n of nothing. */
export function sumMinor(amounts: Iterable<bigint>): bigint {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return sum;
}

function numberText(amount: number, currency: Currency): string {
  if (!Number.isFinite(amount)) throw notDecimal();
  const size = Math.abs(amount);
  if (size >= PLAIN_NUMBER_BELOW) throw outOfRange(currency);
  if (size !== 0 && size < PLAIN_NUMBER_FROM) throw tooPrecise(currency);
  return String(amount);
}

function readDecimal(text: string, currency: Currency): bigint {
  const { length } = text;
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  let at = start;
  let units = 0;
  for (; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) break;
    units = units * 10 + (code - ZERO);
  }
  const digits = at - start;
  if (digits === 0 || (digits > 1 && text.charCodeAt(start) === ZERO)) throw notDecimal();
  let missing = currency.exponent;
  let precise = true;
  if (at < length) {
    if (text.charCodeAt(at) !== DOT || at + 1 === length) throw notDecimal();
    for (at += 1; at < length; at += 1) {
      const code = text.charCodeAt(at);
      if (code < ZERO || code > NINE) throw notDecimal();
      if (missing > 0) {
        units = units * 10 + (code - ZERO);
        missing -= 1;
      } else if (code !== ZERO) {
        precise = false;
      }
    }
  }
  for (; missing > 0; missing -= 1) units *= 10;
  if (!precise) throw tooPrecise(currency);
  if (units > MINOR_MAX) throw outOfRange(currency);
  return BigInt(start === 1 ? -units : units);
}

function notDecimal(): AppError {
  return new AppError('invalid_request', 'An amount is a plain decimal number such as "12.50"');
}

function tooPrecise({ code, exponent }: Currency): AppError {
  return new AppError('amount_precision', `${code} has ${exponent} decimals; the amount has more`);
}

function outOfRange({ code }: Currency): AppError {
  return new AppError(
    'amount_out_of_range',
    `The limit is ${toDecimal(LIMITS.amountMinorMax, code)} ${code} on either side of zero`,
  );
}
