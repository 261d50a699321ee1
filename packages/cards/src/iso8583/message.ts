/**
 * ISO 8583 messages to bytes and back by a packager. A message that was parsed is whole: every bit has its field, every
 * field its format, and nothing is left over. Card data comes out as CardData and is wiped with the message.
 */
import { CardData } from '../card-data.ts';
import { asciiText } from '../encoding/digits.ts';
import { readBitmaps, TERTIARY_FIELD, writeBitmaps } from './bitmap.ts';
import { type FieldFault, readField, writeField } from './field-codec.ts';
import { mtiWords, parseMti } from './mti.ts';
import type { FieldSpec, Packager } from './packager-types.ts';
import { fromWire, toWire, wireLength } from './wire-codes.ts';

/** The longest message: what a header of two bytes can announce. */
export const MESSAGE_BYTES_MAX = 65_535;

/** Text of a shown or hidden field; bytes of format b; card data (ASCII, or bytes of format b) of a secret field. */
export type FieldValue = string | Uint8Array | CardData;

export type Iso8583Message = {
  /** Four digits. */
  readonly mti: string;
  readonly fields: ReadonlyMap<number, FieldValue>;
};

/** Why bytes are no message, or a message has no bytes. */
export type MessageFault =
  | FieldFault
  | 'too_long'
  | 'mti'
  | 'version'
  | 'bitmap'
  | 'tertiary_bitmap'
  | 'unknown_field'
  | 'trailing_bytes'
  | 'type';

/** `field` is 0 for the message type, 1 for the bitmaps, and the last field read where bytes are left over. */
export type MessageFailure = { readonly ok: false; readonly reason: MessageFault; readonly field: number };
export type MessageResult = { readonly ok: true; readonly message: Iso8583Message } | MessageFailure;
export type EncodedMessage = { readonly ok: true; readonly bytes: Uint8Array } | MessageFailure;

const MTI_DIGITS = 4;
const encoder = new TextEncoder();

/** Parses a whole message, without the header of its frame. Never throws. */
export function parseMessage(packager: Packager, bytes: Uint8Array): MessageResult {
  if (bytes.length > MESSAGE_BYTES_MAX) return failed('too_long', 0);
  const afterMti = wireLength(MTI_DIGITS, packager.codes.mti);
  if (bytes.length < afterMti) return failed('truncated', 0);
  const digits = fromWire(bytes.subarray(0, afterMti), MTI_DIGITS, packager.codes.mti);
  const mti = digits ? asciiText(digits) : '';
  const type = parseMti(mti);
  if (!type) return failed('mti', 0);
  if (type.version !== packager.version) return failed('version', 0);
  const bitmaps = readBitmaps(bytes, afterMti, packager.codes.bitmap);
  if (!bitmaps.ok) {
    return failed(bitmaps.reason, bitmaps.reason === 'tertiary_bitmap' ? TERTIARY_FIELD : 1);
  }
  const fields = new Map<number, FieldValue>();
  const failure = readFields(packager, bytes, bitmaps.next, bitmaps.fields, fields);
  if (!failure) return { ok: true, message: { mti, fields } };
  wipeMessage({ mti, fields });
  return failure;
}

/** The bytes of a message, without the header of its frame; the caller wipes them. Never throws for a value's content. */
export function encodeMessage(packager: Packager, message: Iso8583Message): EncodedMessage {
  const type = parseMti(message.mti);
  if (!type) return failed('mti', 0);
  if (type.version !== packager.version) return failed('version', 0);
  const numbers = [...message.fields.keys()].sort((left, right) => left - right);
  const parts: Uint8Array[] = [];
  const mti = toWire(encoder.encode(message.mti), packager.codes.mti);
  if (!mti) return failed('mti', 0);
  for (const field of numbers) {
    const part = encodeField(packager, field, message.fields.get(field));
    if (!part.ok) {
      for (const written of parts) written.fill(0);
      return part;
    }
    parts.push(part.bytes);
  }
  const bytes = joinedAndWiped([mti, writeBitmaps(numbers, packager.codes.bitmap), ...parts]);
  return bytes.length <= MESSAGE_BYTES_MAX ? { ok: true, bytes } : failed('too_long', 0);
}

/** Overwrites the card data of a message. */
export function wipeMessage(message: Iso8583Message): void {
  for (const value of message.fields.values()) {
    if (value instanceof CardData) value.wipe();
  }
}

/**
 * What a log may say of a message: its type in words, and each field by number with its name. Card data and the fields
 * whose content is a host's own show their length alone.
 */
export function describeMessage(packager: Packager, message: Iso8583Message): Record<string, string> {
  const type = parseMti(message.mti);
  const described: Record<string, string> = {
    mti: `${message.mti} ${type ? mtiWords(type) : 'unknown type'}`,
  };
  const numbers = [...message.fields.keys()].sort((left, right) => left - right);
  for (const field of numbers) {
    const spec = packager.fields[field];
    const value = message.fields.get(field) ?? '';
    described[String(field)] = `${spec?.name ?? 'unknown field'}: ${shownValue(spec, value)}`;
  }
  return described;
}

function readFields(
  packager: Packager,
  bytes: Uint8Array,
  start: number,
  numbers: readonly number[],
  into: Map<number, FieldValue>,
): MessageFailure | undefined {
  let offset = start;
  for (const field of numbers) {
    const spec = packager.fields[field];
    if (!spec) return failed('unknown_field', field);
    const read = readField(bytes, offset, spec, packager.codes);
    if (!read.ok) return failed(read.reason, field);
    into.set(field, valueOfContent(spec, read.content));
    offset = read.next;
  }
  return offset === bytes.length ? undefined : failed('trailing_bytes', numbers.at(-1) ?? 1);
}

function valueOfContent(spec: FieldSpec, content: Uint8Array): FieldValue {
  if (spec.visibility === 'secret') return CardData.take(content);
  return spec.format === 'b' ? content : asciiText(content);
}

function encodeField(packager: Packager, field: number, value: FieldValue | undefined): EncodedMessage {
  if (field === TERTIARY_FIELD) return failed('tertiary_bitmap', field);
  const spec = packager.fields[field];
  if (!spec) return failed('unknown_field', field);
  if (value === undefined || !isOfType(spec, value)) return failed('type', field);
  const write = (content: Uint8Array) => writeField(content, spec, packager.codes);
  const written = value instanceof CardData ? value.use(write) : write(bytesOf(value));
  return written.ok ? { ok: true, bytes: written.wire } : failed(written.reason, field);
}

function isOfType(spec: FieldSpec, value: FieldValue): boolean {
  if (spec.visibility === 'secret') return value instanceof CardData;
  return spec.format === 'b' ? value instanceof Uint8Array : typeof value === 'string';
}

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? encoder.encode(value) : value;
}

function shownValue(spec: FieldSpec | undefined, value: FieldValue): string {
  if (value instanceof CardData) return `[card data, ${value.length}]`;
  if (typeof value === 'string' && spec?.visibility === 'shown') return value;
  return `[hidden, ${value.length}]`;
}

function joinedAndWiped(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
    part.fill(0);
  }
  return bytes;
}

function failed(reason: MessageFault, field: number): MessageFailure {
  return { ok: false, reason, field };
}
