import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EscPosPaper } from './escpos-paper.ts';
import { receiptEscPos } from './receipt-escpos.ts';
import { receiptNaming, sampleReceipt } from './receipt-sample.ts';

const ESC = 0x1b;
const FS = 0x1c;
const GS = 0x1d;
const LINE_FEED = 0x0a;

type Printed = {
  /** Every command but line feeds and the choice of a code page, in hexadecimal. */
  commands: string[];
  codePages: Set<number>;
  /** Text bytes as Latin-1, without the code pages they are meant in. */
  lines: string[];
};

/** Reads the bytes as a printer would; any control byte outside the commands a receipt needs is refused. */
function print(bytes: Uint8Array): Printed {
  const printed: Printed = { commands: [], codePages: new Set(), lines: [''] };
  for (let at = 0; at < bytes.length; ) {
    const length = commandLength(bytes, at);
    const part = bytes.subarray(at, at + length);
    if (part[0] === LINE_FEED) printed.lines.push('');
    else if (part[0] === ESC && part[1] === 0x74) printed.codePages.add(part[2] ?? -1);
    else if (length > 1) printed.commands.push(Buffer.from(part).toString('hex'));
    else printed.lines.push((printed.lines.pop() ?? '') + Buffer.from(part).toString('latin1'));
    at += length;
  }
  return printed;
}

function commandLength(bytes: Uint8Array, at: number): number {
  const [first = 0, second = 0, third = 0, low = 0, high = 0] = bytes.subarray(at, at + 5);
  if (first === LINE_FEED || (first >= 0x20 && first !== 0x7f)) return 1;
  if (first === ESC && second === 0x40) return 2; // ESC @, initialise
  if (first === ESC && [0x4d, 0x74, 0x45, 0x61].includes(second)) return 3; // font, code page, bold, align
  if (first === FS && second === 0x2e) return 2; // FS ., no kanji
  if (first === GS && [0x21, 0x56].includes(second)) return 3; // size, cut
  if (first === GS && second === 0x28 && third === 0x6b) return 5 + low + 256 * high; // GS ( k, QR code
  throw new Error(`unexpected control byte ${first.toString(16)} ${second.toString(16)} at ${at}`);
}

test('initialises, prints the QR code of the receipt code, and cuts', () => {
  const code = '7K3M-Q9TX-2B';
  const { commands } = print(receiptEscPos(sampleReceipt(), 42));
  expect(commands[0]).toBe('1b40');
  const size = (code.length + 3).toString(16).padStart(2, '0');
  expect(commands).toContain(`1d286b${size}00315030${Buffer.from(code).toString('hex')}`); // store
  expect(commands).toContain('1d286b0300315130'); // print
  expect(commands.at(-1)).toBe('1d5601');
});

test('Swedish needs no other code page than the one of every printer', () => {
  const { codePages, lines } = print(receiptEscPos(sampleReceipt({ locale: 'sv-SE' }), 42));
  expect([...codePages]).toEqual([0]);
  expect(lines.join('\n')).toContain('Kass\x94r                           \x8fsa \x99berg');
  expect(lines.join('\n')).toContain('R\x84ksm\x94rg\x86s');
  expect(lines).toContain('  12 x 1 099,50');
});

test('other letters bring their code page; what no page has is a question mark', () => {
  const { codePages, lines } = print(receiptEscPos(receiptNaming('Łódź 10 € 寿司 🍣 Привет'), 48));
  expect([...codePages].sort((a, b) => a - b)).toEqual([0, 17, 18, 19]);
  expect(lines.join('\n')).toContain('?? ? ');
});

test('large type is half as wide', () => {
  const { commands, lines } = print(receiptEscPos(sampleReceipt(), 32));
  expect(commands).toContain('1d2111');
  expect(lines.slice(0, 2)).toEqual(['  Hamnens Caf\x82', '    & Bageri']);
});

const PLAIN_COMMANDS = print(receiptEscPos(receiptNaming('a'), 42)).commands;

test.each([
  ['control bytes', 'a\x1b@b\x1dV\x00\x1b\x70\x00\x10\x14\x7f\x9b'],
  ['pictures of control bytes', '←@ ↔V☺ ♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→∟▲▼⌂'],
  ['line breaks', 'a\r\n\x0b\x0c\u0085\u2028b'],
])('%s in a name are no commands', (_, name) => {
  expect(print(receiptEscPos(receiptNaming(name), 42)).commands).toEqual(PLAIN_COMMANDS);
});

test('no character that a code page may hold becomes a command', () => {
  const all = Array.from({ length: 0x2c00 }, (_, code) => String.fromCharCode(code)).join('');
  expect(print(receiptEscPos(receiptNaming(all), 48)).commands).toEqual(PLAIN_COMMANDS);
});

test('names are text and keep to the paper, whatever they are', () => {
  const names = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(names, fc.constantFrom(32 as const, 42 as const, 48 as const), (name, width) => {
      const { commands, lines } = print(receiptEscPos(receiptNaming(name), width));
      expect(commands.length).toBe(PLAIN_COMMANDS.length + (width === 32 ? 2 : 0));
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    }),
  );
});

test('the cut is the one asked for, and nothing follows it into the next job', () => {
  const ends = (cut: 'partial' | 'full'): string =>
    Buffer.from(receiptEscPos(sampleReceipt(), 42, { cut }))
      .toString('hex')
      .slice(-14);
  expect(ends('full')).toBe('0a0a0a0a1d5600');
  expect(ends('partial')).toBe('0a0a0a0a1d5601');
});

test('the modules of the QR code are as wide as asked for', () => {
  const dots = (qrDots: number): number[] =>
    new EscPosPaper(42)
      .print(receiptEscPos(sampleReceipt(), 42, { qrDots }))
      .flatMap((event) => (event.kind === 'qr' ? [event.dots] : []));
  expect(dots(4)).toEqual([4]);
  expect(dots(8)).toEqual([8]);
});
