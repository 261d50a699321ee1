import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ScannedCode } from '../ports/small-devices.ts';
import { ScannedLines } from './scanned-lines.ts';

const read = (bytes: Uint8Array | string) =>
  new ScannedLines().take(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes);

test.each<[string, string, ScannedCode[]]>([
  ['an end of line of any kind', 'a\rb\nc\r\nd', ['a', 'b', 'c'].map((text) => ({ text, symbology: null }))],
  ['an EAN-13', ']E07310865004703\r', [{ text: '7310865004703', symbology: 'ean_13' }]],
  ['an EAN-8', ']E473123451\r', [{ text: '73123451', symbology: 'ean_8' }]],
  ['a Code 128', ']C0ABC\r', [{ text: 'ABC', symbology: 'code_128' }]],
  ['a GS1-128', ']C10107310865004703\r', [{ text: '0107310865004703', symbology: 'gs1_128' }]],
  ['a Code 39 with any modifier', ']A3ABC\r', [{ text: 'ABC', symbology: 'code_39' }]],
  ['a QR code', ']Q1https://example.test\r', [{ text: 'https://example.test', symbology: 'qr' }]],
  ['a GS1 Data Matrix', ']d2011\r', [{ text: '011', symbology: 'gs1_data_matrix' }]],
  ['letters of UTF-8', ']Q1åäö 寿司\r', [{ text: 'åäö 寿司', symbology: 'qr' }]],
  ['an identifier that is none', ']y0abc\r', [{ text: ']y0abc', symbology: null }]],
  ['empty lines', '\r\n\r\n', []],
  ['no end', 'abc', []],
])('%s', (_, text, codes) => {
  expect(read(text)).toEqual(codes);
});

test('what is not UTF-8 is Latin-1', () => {
  expect(read(Uint8Array.of(0xe5, 0xe4, 0xf6, 0x0d))).toEqual([{ text: 'åäö', symbology: null }]);
});

test('a code that is longer than any is dropped, and the next one is read', () => {
  expect(read(`${'1'.repeat(8_000)}\rabc\r`)).toEqual([{ text: 'abc', symbology: null }]);
  expect(read(`]Q1${'1'.repeat(7_089)}\r`)).toEqual([{ text: '1'.repeat(7_089), symbology: 'qr' }]);
});

test('codes in chunks of any size', () => {
  const code = fc.string({ unit: fc.constantFrom(...'0123ABC-.å'), minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(code, { maxLength: 8 }), fc.integer({ min: 1, max: 9 }), (texts, size) => {
      const lines = new ScannedLines();
      const bytes = Buffer.from(texts.map((text) => `${text}\r\n`).join(''), 'utf8');
      const heard: ScannedCode[] = [];
      for (let at = 0; at < bytes.length; at += size)
        heard.push(...lines.take(bytes.subarray(at, at + size)));
      expect(heard.map(({ text }) => text)).toEqual(texts);
    }),
  );
});
