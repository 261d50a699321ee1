/**
 * A receipt as ESC/POS bytes for a printer of the Epson family. Text reaches the encoder only after
 * {@link printerText}: no name on a receipt may turn into a command, neither by a control character nor by one of
 * the symbols that the oldest code page keeps at the bytes of the control characters.
 */
import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';
import { displayWidth } from './display-text.ts';
import { type EscPosCut, escPosCut } from './escpos-commands.ts';
import type { ReceiptDocument } from './receipt-blocks.ts';
import { layoutReceipt, type ReceiptLine, setColumns } from './receipt-layout.ts';
import type { ReceiptWidth } from './receipt-text.ts';

/** In the order of preference: the first is in every printer and has the Nordic and Western European letters. */
const CODE_PAGES = ['cp437', 'cp858', 'windows1252', 'cp852', 'cp866', 'cp737'] as const;

const ASCII = /^[\x20-\x7e]+$/;
/** Code page 437 has a picture at every byte from 0x01 to 0x1F and at 0x7F; "←" would be sent as ESC. */
const CONTROL_PICTURES = /[☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼⌂]/gu;
const MARKS = /[\p{Mn}\p{Me}\u200c\u200d]/gu;
const PLAIN_FORMS: ReadonlyMap<string, string> = new Map([
  ['×', 'x'],
  ['\u2212', '-'],
  ['\u2010', '-'],
  ['\u2013', '-'],
  ['\u2014', '-'],
  ['\u2018', "'"],
  ['\u2019', "'"],
  ['\u201c', '"'],
  ['\u201d', '"'],
  ['\u201e', '"'],
  ['\u2026', '...'],
]);

const QR_MODULE_DOTS = 6;
const FEED_BEFORE_CUT = 4;

export type ReceiptEscPosOptions = {
  /** A partial cut leaves a bridge, so that no slip falls to the ground. */
  cut?: EscPosCut;
  /** Width of a module of the QR code in dots of the head (an eighth of a millimetre), 1 to 8; 6 if unsaid. */
  qrDots?: number;
};

/** Everything for one receipt: initialise, text in the code pages it needs, QR code, feed, cut (partial if unsaid). */
export function receiptEscPos(
  doc: ReceiptDocument,
  width: ReceiptWidth,
  { cut = 'partial', qrDots = QR_MODULE_DOTS }: ReceiptEscPosOptions = {},
): Uint8Array {
  const encoder = new ReceiptPrinterEncoder({
    language: 'esc-pos',
    columns: width,
    newline: '\n',
    codepageMapping: 'epson',
    codepageCandidates: [...CODE_PAGES],
  });
  encoder.initialize();
  for (const line of layoutReceipt(doc, { width, bigWidth: width / 2, adapt: printerText })) {
    printLine(encoder, line, { width, qrDots });
  }
  return encoder.newline(FEED_BEFORE_CUT).raw(escPosCut(cut)).encode();
}

/** Text of which every character is one column and at most one byte; what no printer can show is a question mark. */
function printerText(text: string): string {
  let printable = '';
  for (const character of text.replace(MARKS, '').replace(CONTROL_PICTURES, '?')) {
    const plain = PLAIN_FORMS.get(character);
    if (plain !== undefined) printable += plain;
    else printable += character.length === 1 && displayWidth(character) === 1 ? character : '?';
  }
  return printable;
}

function printLine(
  encoder: ReceiptPrinterEncoder,
  line: ReceiptLine,
  { width, qrDots }: { width: ReceiptWidth; qrDots: number },
): void {
  switch (line.kind) {
    case 'space':
      encoder.newline();
      return;
    case 'rule':
      writeLine(encoder, '-'.repeat(width));
      return;
    case 'qr':
      encoder.align('center').qrcode(line.value, { model: 2, size: qrDots, errorlevel: 'm' }).align('left');
      return;
    case 'big':
      encoder.size(2, 2);
      writeLine(encoder, setColumns(line, width / 2)).size(1, 1);
      return;
    case 'row':
      encoder.bold(line.bold);
      writeLine(encoder, setColumns(line, width)).bold(false);
      return;
    case 'text':
    case 'blank':
      writeLine(encoder, setColumns(line, width));
      return;
  }
}

/** What is ASCII is the same in every page; the encoder searches by a copy of a whole page for every letter. */
function writeLine(encoder: ReceiptPrinterEncoder, text: string): ReceiptPrinterEncoder {
  return encoder.codepage(ASCII.test(text) ? CODE_PAGES[0] : 'auto').line(text);
}
