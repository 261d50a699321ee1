import fc from 'fast-check';
import { expect, test } from 'vitest';
import { receiptNaming, sampleReceipt } from './receipt-sample.ts';
import { receiptSvg } from './receipt-svg.ts';

/** Tags nest and are quoted as XML asks, and everything between them is escaped. */
function expectWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<]*")*)(\/?)>/g,
    (_, closing: string, name: string, __, empty: string) => {
      if (closing === '/') expect(open.pop()).toBe(name);
      else if (empty === '') open.push(name);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>"']/);
  expect(xml.replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
  expect(xml).not.toMatch(/[^\P{Cc}\n]|\p{Cs}|\p{Noncharacter_Code_Point}/u);
}

test('is one picture with a title, the text and a QR code', () => {
  const svg = receiptSvg(sampleReceipt({ copy: 2 }));
  expectWellFormed(svg);
  expect(svg).toMatch(
    /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*><title>Receipt 7K3M-Q9TX-2B, COPY 2<\/title>/,
  );
  expect(svg).toContain('>Hamnens Café &amp; Bageri</text>');
  expect(svg).toContain('>SEK 13,387.00</text>');
  expect(svg).toMatch(/<path d="M0 0h7v1h-7z[^"]*" transform="[^"]+" shape-rendering="crispEdges"\/>/);
  expect(svg).not.toMatch(/<(?:script|style|image|foreignObject)|href|url\(/);
});

test('escapes what names bring along', () => {
  const svg = receiptSvg(receiptNaming(`</text><script>'"&amp;`));
  expectWellFormed(svg);
  expect(svg).toContain('&lt;/text&gt;&lt;script&gt;&#39;&quot;&amp;amp;');
});

test('is well-formed whatever the names are', () => {
  const names = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...`<>&'"/a=\x1b]`) }),
  );
  fc.assert(fc.property(names, (name) => expectWellFormed(receiptSvg(receiptNaming(name)))));
});
