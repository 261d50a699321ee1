/**
 * EBCDIC, as hosts of card networks speak it: code pages 037 and 1047, which differ in three of the printable characters.
 * Text is bytes of printable ASCII here, because it may be a card number. Whatever has no counterpart is refused.
 */
import { assert } from '@holdfast/base';

/** The code pages by their names at IANA: IBM037 (z/OS in the US) and IBM1047 (Latin-1 open systems). */
export type EbcdicPage = '037' | '1047';

const FIRST_PRINTABLE = 0x20;

/** The code of every printable ASCII character from the space to the tilde; `^`, `[` and `]` follow by page. */
const COMMON = [
  '405A7F7B5B6C507D4D5D5C4E6B604B61',
  'F0F1F2F3F4F5F6F7F8F97A5E4C7E6E6F',
  '7CC1C2C3C4C5C6C7C8C9D1D2D3D4D5D6',
  'D7D8D9E2E3E4E5E6E7E8E900E000006D',
  '79818283848586878889919293949596',
  '979899A2A3A4A5A6A7A8A9C04FD0A1',
].join('');

const PAGES = {
  '037': pageOf({ '[': 0xba, ']': 0xbb, '^': 0xb0 }),
  '1047': pageOf({ '[': 0xad, ']': 0xbd, '^': 0x5f }),
} satisfies Record<EbcdicPage, Page>;

type Page = { readonly toEbcdic: Uint8Array; readonly toAscii: Uint8Array };

/** Printable ASCII of EBCDIC bytes; undefined where a byte is none of the printable characters. */
export function fromEbcdic(bytes: Uint8Array, page: EbcdicPage): Uint8Array | undefined {
  const text = bytes.map((byte) => PAGES[page].toAscii[byte] ?? 0);
  return text.includes(0) ? undefined : text;
}

/** EBCDIC of printable ASCII bytes; undefined where a byte is not printable ASCII. */
export function toEbcdic(text: Uint8Array, page: EbcdicPage): Uint8Array | undefined {
  const bytes = text.map((byte) => PAGES[page].toEbcdic[byte] ?? 0);
  return bytes.includes(0) ? undefined : bytes;
}

function pageOf(variant: { '[': number; ']': number; '^': number }): Page {
  const toEbcdicTable = new Uint8Array(256);
  toEbcdicTable.set(Buffer.from(COMMON, 'hex'), FIRST_PRINTABLE);
  for (const [character, code] of Object.entries(variant)) toEbcdicTable[character.charCodeAt(0)] = code;
  const toAscii = new Uint8Array(256);
  toEbcdicTable.forEach((code, ascii) => {
    if (code === 0) return;
    assert(toAscii[code] === 0, 'no two characters share a code');
    toAscii[code] = ascii;
  });
  return { toEbcdic: toEbcdicTable, toAscii };
}
