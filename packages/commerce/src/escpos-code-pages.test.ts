import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';
import { expect, test } from 'vitest';
import { characterOf, isCodePage } from './escpos-code-pages.ts';

const PAGES = [
  ['cp437', 0],
  ['cp737', 14],
  ['windows1252', 16],
  ['cp866', 17],
  ['cp852', 18],
  ['cp858', 19],
] as const;

/** Spaces that an encoder writes as others, and two signs that it takes for pictures of control bytes. */
const UNSEEN = ['\u00a0', '\u00ad', '\ufffd', '§', '¶'];

test.each(PAGES)('%s is what the encoder takes it for', (name, page) => {
  expect(isCodePage(page)).toBe(true);
  const seen = new Set<string>();
  for (let byte = 0x80; byte <= 0xff; byte += 1) {
    const character = characterOf(byte, page);
    expect([...character]).toHaveLength(1);
    if (UNSEEN.includes(character)) continue;
    seen.add(character);
    const encoder = new ReceiptPrinterEncoder({ language: 'esc-pos', codepageMapping: 'epson' });
    const bytes = Buffer.from(encoder.codepage(name).text(character).encode()).toString('hex');
    expect(bytes).toContain(`1b74${page.toString(16).padStart(2, '0')}${byte.toString(16)}`);
  }
  expect(seen.size).toBeGreaterThan(115);
});

test('the lower half is ASCII, and a page that no receipt needs is unknown', () => {
  expect(characterOf(0x41, 19)).toBe('A');
  expect(isCodePage(1)).toBe(false);
  expect(characterOf(0x80, 1)).toBe('\ufffd');
});
