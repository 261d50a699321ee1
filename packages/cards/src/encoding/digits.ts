/** Digits as bytes of ASCII: the form in which numbers of cards are handled, because bytes can be wiped. */

const ZERO = 0x30;
const NINE = 0x39;

/** Whether every byte is a digit; true for none at all. */
export function areDigits(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= ZERO && byte <= NINE);
}

/** The value of the digit at `index`, which must be one. */
export function digitAt(digits: Uint8Array, index: number): number {
  return (digits[index] ?? Number.NaN) - ZERO;
}

/** Text of bytes that are known to be ASCII and harmless: a field of a table, never a card number. */
export function asciiText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
