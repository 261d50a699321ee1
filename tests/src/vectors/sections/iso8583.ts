/** ISO 8583 messages in three packagings: their fields, and the bytes that come back out of them. */

import {
  ASCII_87,
  ASCII_87_BINARY,
  ASCII_87_CHIP,
  BCD_87_EBCDIC,
  CardData,
  encodeMessage,
  encodeOriginalData,
  type FieldValue,
  frameMessage,
  type Packager,
  parseMessage,
  parseOriginalData,
  toHex,
} from '@holdfast/cards';
import { ascii, Mismatch, parsed, same, type Values } from '../case-values.ts';
import { caseOf, casesOf, type Section, valueCase } from '../section.ts';

const MTI = /^[0-2][1-8]\d\d$/;
const ORIGINAL = {
  mti: '0200',
  systemTraceAuditNumber: '123456',
  transmissionDateTime: '0102030405',
  acquirer: '12345678901',
  forwarder: '10987654321',
};

export const iso8583: Section = (section) => [
  ...casesOf(section, 'ascii1987', (it) => {
    const packager = it.object('f').has('55') ? ASCII_87_CHIP : ASCII_87;
    const mti = checkMessage({ packager, bytes: ascii(it.text('raw')), fields: it.object('f') });
    same('the message type', mti, it.text('mti'));
  }),
  ...caseOf(section, 'binaryBitmap0110', (it) => checkHex(it, ASCII_87_BINARY, '0110')),
  ...caseOf(section, 'ebcdicBcd0810', (it) => checkHex(it, BCD_87_EBCDIC, '0810')),
  ...valueCase(section, ['rule90'], () => checkRule90(section.text('rule90'))),
];

function checkHex(it: Values, packager: Packager, mti: string): void {
  const bytes = it.hex('rawHex');
  same('the message type', checkMessage({ packager, bytes, fields: it.object('f') }), mti);
  const [, header = ''] = /wire ([0-9A-F]{4}) =/.exec(it.has('note') ? it.text('note') : '') ?? [];
  if (header === '') return;
  const framed = frameMessage({ header: 'binary-2', isInclusive: true, bytesMax: 9_999 }, bytes);
  same('the length on the wire', framed.slice(0, 2), new Uint8Array(Buffer.from(header, 'hex')));
}

function checkMessage(it: { packager: Packager; bytes: Uint8Array; fields: Values }): string {
  const { packager, bytes, fields } = it;
  const { message } = parsed('the message', parseMessage(packager, bytes));
  for (const name of fields.names()) {
    const value = message.fields.get(Number(name));
    if (value === undefined) throw new Mismatch(`the message has no field ${name}`);
    same(`field ${name}`, textOf(value), withoutRemark(fields.text(name)));
    const original = name === '90' ? parseOriginalData(fields.text(name)) : undefined;
    // Hosts send other digits than those of a type for the message that is taken back; the product itself never does.
    if (original !== undefined && MTI.test(original.mti))
      same('field 90 written again', encodeOriginalData(original), fields.text(name));
  }
  same('what is written again', parsed('the message', encodeMessage(packager, message)).bytes, bytes);
  return message.mti;
}

function textOf(value: FieldValue): string {
  if (value instanceof CardData) return value.use((bytes) => Buffer.from(bytes).toString('latin1'));
  return typeof value === 'string' ? value : toHex(value);
}

/** `00 (EBCDIC F0F0)` says how `00` stands in the bytes; digits in EBCDIC are F0 to F9. */
function withoutRemark(text: string): string {
  const [, digits, code, hex = ''] = /^(\d+) \((EBCDIC|BCD) ([0-9A-F]+)\)$/.exec(text) ?? [];
  if (digits === undefined) return text;
  const coded = code === 'BCD' ? digits.padStart(hex.length, '0') : digits.replaceAll(/\d/g, 'F$&');
  same('the bytes of the digits', coded, hex);
  return digits;
}

/** The sentence names the digits of each part and of the whole. */
function checkRule90(rule: string): void {
  const lengths = [...rule.matchAll(/\((\d+)\)/g)].map(([, length]) => Number(length));
  const text = encodeOriginalData(ORIGINAL);
  same(
    'the number of digits',
    `DE90 ${text.length} digits`,
    rule.replace(/^(DE\d+) = .* = (\d+ digits)$/, '$1 $2'),
  );
  same(
    'the lengths',
    lengths,
    Object.values(ORIGINAL).map(({ length }) => length),
  );
  let from = 0;
  const parts = lengths.map((length) => {
    from += length;
    return text.slice(from - length, from);
  });
  same('the parts', parts, Object.values(ORIGINAL));
}
