import { expect, test } from 'vitest';
import { type EbcdicPage, fromEbcdic, toEbcdic } from './ebcdic.ts';
import { fromHex, toHex } from './hex.ts';

const PAGES: EbcdicPage[] = ['037', '1047'];
const printable = Uint8Array.from({ length: 95 }, (_, index) => 0x20 + index);
const encoder = new TextEncoder();

test('the printable characters come back, each from a code of its own', () => {
  for (const page of PAGES) {
    const codes = toEbcdic(printable, page) ?? new Uint8Array();
    expect(new Set(codes).size).toBe(95);
    expect(fromEbcdic(codes, page)).toEqual(printable);
  }
});

test('letters, digits and brackets have the codes of the pages', () => {
  for (const page of PAGES) {
    expect(toHex(toEbcdic(encoder.encode('AIJRSZaijrsz09 .'), page) ?? new Uint8Array())).toBe(
      'C1C9D1D9E2E9818991 99A2A9F0F9404B'.replace(' ', ''),
    );
  }
  expect(toEbcdic(encoder.encode('[]^'), '037')).toEqual(fromHex('BABBB0'));
  expect(toEbcdic(encoder.encode('[]^'), '1047')).toEqual(fromHex('ADBD5F'));
});

test('every byte without a printable counterpart is refused, in both directions', () => {
  for (const page of PAGES) {
    const readable = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) =>
      fromEbcdic(Uint8Array.of(byte), page),
    );
    expect(readable).toHaveLength(95);
    for (const byte of [0x00, 0x0a, 0x1f, 0x7f, 0x80, 0xff]) {
      expect(toEbcdic(Uint8Array.of(0x41, byte), page)).toBeUndefined();
    }
  }
  expect(fromEbcdic(fromHex('5F'), '037')).toBeUndefined();
  expect(fromEbcdic(fromHex('B0'), '1047')).toBeUndefined();
});
