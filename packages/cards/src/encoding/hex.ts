/** Hexadecimal text, strictly: half a byte or a foreign character is refused instead of being dropped. */
import { assert } from '@holdfast/base';

const HEX = /^(?:[0-9a-fA-F]{2})*$/;

/** The bytes of a text of hexadecimal digits; undefined for any other text. */
export function parseHex(text: string): Uint8Array | undefined {
  return HEX.test(text) ? new Uint8Array(Buffer.from(text, 'hex')) : undefined;
}

/** As {@link parseHex}, for text that the program itself holds. */
export function fromHex(text: string): Uint8Array {
  const bytes = parseHex(text);
  assert(bytes !== undefined, 'the text is hexadecimal');
  return bytes;
}

/** Upper-case hexadecimal digits, as the standards of cards print them. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase();
}
