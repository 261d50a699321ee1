/** ISO 8583 messages in the packagings of several hosts: their fields, and the bytes that come back out of them. */

import {
  CardData,
  encodeMessage,
  encodeOriginalData,
  type FieldValue,
  frameMessage,
  type Packager,
  parseMessage,
  parseOriginalData,
  parseTlv,
  toHex,
} from '@holdfast/cards';
import type { Values } from '../case-values.ts';
import { ascii, looseHex, Mismatch, parsed, same } from '../compare.ts';
import { casesOf, REJECT, rejectCases, type Section, valueCase } from '../section.ts';
import { spellings } from '../spellings.ts';
import { packagersFor } from './iso8583-packagers.ts';
import { checkRule90 } from './iso8583-rule90.ts';

const MTI = /^[0-2][1-8]\d\d$/;
const HEADERS = ['binary-2', 'ascii-4', 'bcd-2'] as const;
/** The type of the message, in names of lists such as `binaryBitmap0110`, and in those of fields. */
const MTI_IN_NAME = /(?<!\d)[0-2][1-8]\d\d$/;
const MTI_FIELD = /^(?:0|t|mti)$/i;

export const iso8583: Section = {
  spellings: spellings({
    raw: ['message', 'text', 'packed'],
    rawHex: ['hex', 'bytes', 'messageHex'],
    f: ['fields', 'de', 'dataElements'],
    packager: ['packaging', 'encoding', 'spec'],
    header: ['lengthHeader', 'length'],
  }),
  cases: (section) => [
    ...section
      .names()
      .filter((name) => name !== 'rule90' && !REJECT.test(name))
      .flatMap((name) => casesOf(section, name, (it) => checkCase(it, name))),
    ...rejectCases(section, readAny),
    ...valueCase(section, ['rule90'], () => checkRule90(section.text('rule90'))),
  ],
};

/** Holds if one of the packagers that may be meant reads all of the fields; the reason is that of the likeliest one. */
function checkCase(it: Values, list: string): undefined {
  const bytes = it.has('rawHex') ? it.hex('rawHex') : ascii(it.text('raw'));
  const mti = it.has('mti') ? it.text('mti') : MTI_IN_NAME.exec(list)?.[0];
  const named = it.has('packager') ? it.text('packager') : undefined;
  const fields = it.has('f') ? it.object('f') : it.within({}, 'f');
  checkHeader(it, bytes);
  let reason: unknown;
  for (const packager of packagersFor({ list, ...(named !== undefined && { packager: named }) })) {
    try {
      return checkMessage({ packager, bytes, fields, mti });
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      reason ??= error;
    }
  }
  throw reason;
}

function checkMessage(it: {
  packager: Packager;
  bytes: Uint8Array;
  fields: Values;
  mti: string | undefined;
}): undefined {
  const { packager, bytes, fields, mti } = it;
  const { message } = parsed('the message', parseMessage(packager, bytes));
  if (mti !== undefined) same('the message type', message.mti, mti);
  for (const name of fields.names()) {
    if (MTI_FIELD.test(name)) same('the message type', message.mti, fields.text(name));
    else if (/^(?:1|p|bitmap)$/i.test(name)) sameBitmap(fields.text(name), [...message.fields.keys()]);
    else sameField({ name, fields, packager, value: message.fields.get(Number(name)) });
  }
  return same('what is written again', parsed('the message', encodeMessage(packager, message)).bytes, bytes);
}

function sameField(of: {
  name: string;
  fields: Values;
  packager: Packager;
  value: FieldValue | undefined;
}): void {
  const { name, fields, packager, value } = of;
  if (value === undefined) throw new Mismatch(`the message has no field ${name}`);
  const raw = fields.raw(name);
  if (typeof raw === 'object') sameObjects(name, value, fields.object(name));
  else {
    const isBytes = packager.fields[Number(name)]?.format === 'b';
    const expected = isBytes ? toHex(fields.hex(name)) : withoutRemark(fields.text(name));
    const text = isBytes ? toHex(bytesOf(value)) : Buffer.from(bytesOf(value)).toString('latin1');
    // Spaces that fill a field up may be left out.
    if (text.trimEnd() !== expected.trimEnd() || expected.length > text.length)
      same(`field ${name}`, text, expected);
    if (name === '90') checkOriginal(expected);
  }
}

/** Objects of a chip by their tags; templates stay whole. */
function sameObjects(name: string, value: FieldValue, expected: Values): void {
  const { objects } = parsed(`field ${name}`, parseTlv(bytesOf(value)));
  for (const tag of expected.names()) {
    const found = objects.find((object) => object.tag === tag.toUpperCase());
    if (found === undefined) throw new Mismatch(`field ${name} has no object ${tag}`);
    same(`object ${tag}`, found.value, expected.hex(tag));
  }
}

/** Hosts send other digits than those of a type for the message that is taken back; the product itself never does. */
function checkOriginal(text: string): void {
  const original = parseOriginalData(text);
  if (original !== undefined && MTI.test(original.mti))
    same('field 90 written again', encodeOriginalData(original), text);
}

/** Bytes of one or two bitmaps: the first of them, the second, or both. */
function sameBitmap(text: string, fields: readonly number[]): void {
  const bits = new Uint8Array(16);
  const all = fields.some((field) => field > 64) ? [1, ...fields] : fields;
  for (const field of all)
    bits[(field - 1) >> 3] = (bits[(field - 1) >> 3] ?? 0) | (0x80 >> ((field - 1) & 7));
  const halves = [bits, bits.slice(0, 8), bits.slice(8)].map(toHex);
  if (!halves.includes(text.toUpperCase())) same('the bitmap', halves[0], text);
}

/** A length before the message, in the header of the case or in its note, which may count itself. */
function checkHeader(it: Values, bytes: Uint8Array): void {
  const note = it.has('note') ? it.text('note') : '';
  const header = it.has('header') ? it.text('header') : (/wire ([0-9A-F]{4}) =/.exec(note)?.[1] ?? '');
  if (header === '') return;
  const frames = HEADERS.flatMap((kind) =>
    [true, false].map((isInclusive) => frameMessage({ header: kind, isInclusive, bytesMax: 9_990 }, bytes)),
  );
  const known = frames.map((frame) => frame.subarray(0, frame.length - bytes.length));
  const texts = known.flatMap((length) => [toHex(length), Buffer.from(length).toString('latin1')]);
  if (!texts.includes(header.toUpperCase())) same('the length on the wire', texts[0], header);
}

/** Of a text, by the packagers of text; of bytes, by all that are ready. */
function readAny(it: Values, list: string): { ok: boolean } {
  const bytes = it.has('rawHex') ? (looseHex(it.text('rawHex')) ?? new Uint8Array()) : ascii(it.text('raw'));
  const named = it.has('packager') ? { packager: it.text('packager') } : {};
  const packagers = packagersFor({ list, ...named }).filter(({ name }) => name !== 'mixed');
  return { ok: packagers.some((packager) => parseMessage(packager, bytes).ok) };
}

function bytesOf(value: FieldValue): Uint8Array {
  if (value instanceof CardData) return value.use((bytes) => new Uint8Array(bytes));
  return typeof value === 'string' ? ascii(value) : value;
}

/** `00 (EBCDIC F0F0)` says how `00` stands in the bytes; digits in EBCDIC are F0 to F9. */
function withoutRemark(text: string): string {
  const [, digits, code, hex = ''] = /^(\d+) \((EBCDIC|BCD) ([0-9A-F]+)\)$/.exec(text) ?? [];
  if (digits === undefined) return text;
  const coded = code === 'BCD' ? digits.padStart(hex.length, '0') : digits.replaceAll(/\d/g, 'F$&');
  same('the bytes of the digits', coded, hex);
  return digits;
}
