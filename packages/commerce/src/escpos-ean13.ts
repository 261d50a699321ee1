/** A barcode that a till can scan, for vouchers and returns: EAN-13, drawn by the printer itself. */
import { assert } from '@holdfast/base';

const GS = 0x1d;
const HEIGHT_DOTS = 60;
const MODULE_DOTS = 3;
const NO_DIGITS_BELOW = 0;
/** `m` of function A, whose data end with a zero byte. */
const EAN13 = 2;
const DIGITS = /^\d{12,13}$/;

/** `GS h`, `GS w`, `GS H`, `GS k`: twelve digits, for which the printer reckons the thirteenth, or all of them, asserted. */
export function escPosEan13(digits: string): Uint8Array {
  assert(DIGITS.test(digits), 'a barcode of this kind has twelve or thirteen digits');
  assert(
    digits.length === 12 || ean13CheckDigit(digits) === digits.at(-1),
    'the last digit checks the others',
  );
  return Uint8Array.of(
    ...[GS, 0x68, HEIGHT_DOTS],
    ...[GS, 0x77, MODULE_DOTS],
    ...[GS, 0x48, NO_DIGITS_BELOW],
    ...[GS, 0x6b, EAN13, ...new TextEncoder().encode(digits), 0],
  );
}

/** The thirteenth digit of the first twelve (GS1 General Specifications 7.9.1). */
function ean13CheckDigit(digits: string): string {
  const sum = Array.from(digits.slice(0, 12), Number).reduce(
    (total, digit, index) => total + digit * (index % 2 === 0 ? 1 : 3),
    0,
  );
  return String((10 - (sum % 10)) % 10);
}
