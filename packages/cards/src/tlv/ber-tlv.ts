/**
 * BER-TLV as cards and terminals use it (EMV Book 3 Annex B, on ISO/IEC 8825-1). Stricter than BER in what a payment
 * never needs: tags have at most three bytes, indefinite lengths are refused, and what is nested must be whole. Looser
 * where cards in the field are: a length may take more bytes than it needs, zero bytes may stand between objects, and a
 * small tag number may be written in the long form. Values are views of the input, so wiping that wipes them too.
 */
import { assert } from '@holdfast/base';
import { concatBytes } from '../cipher/bytes.ts';
import { parseHex, toHex } from '../encoding/hex.ts';

/** The most bytes that are parsed: what an extended response APDU carries. */
export const TLV_BYTES_MAX = 65_536;
/** How deep templates may be nested; EMV itself needs four. */
export const TLV_DEPTH_MAX = 8;
/** The most objects of one input, at all depths. */
export const TLV_OBJECTS_MAX = 1024;

const TAG_BYTES_MAX = 3;

/** One object. A constructed one has the objects of its template as well as its raw value. */
export type TlvObject = {
  /** Upper-case hexadecimal, such as `9F02`. */
  readonly tag: string;
  readonly value: Uint8Array;
  readonly children?: readonly TlvObject[];
};

/** What {@link encodeTlv} writes: a primitive tag takes a value, a constructed one takes children. */
export type TlvSource = {
  readonly tag: string;
  readonly value?: Uint8Array;
  readonly children?: readonly TlvSource[];
};

/** Why an input is no BER-TLV. */
export type TlvFault =
  | 'too_long'
  | 'too_deep'
  | 'too_many_objects'
  | 'tag_truncated'
  | 'tag_too_long'
  | 'tag_invalid'
  | 'length_truncated'
  | 'length_form'
  | 'value_truncated';

/** The objects in their order, duplicates among them; or the fault and the offset of the byte where it showed. */
export type TlvResult =
  | { readonly ok: true; readonly objects: readonly TlvObject[] }
  | { readonly ok: false; readonly reason: TlvFault; readonly offset: number };

/** The failing half of a {@link TlvResult}. */
export type TlvFailure = Extract<TlvResult, { ok: false }>;

/** Where parsing stands; `end` is the end of the template that is being read. */
type Cursor = { readonly bytes: Uint8Array; offset: number; objects: number };

/** Parses a whole input; an empty one holds no objects. Never throws. */
export function parseTlv(bytes: Uint8Array): TlvResult {
  if (bytes.length > TLV_BYTES_MAX) return fault('too_long', TLV_BYTES_MAX);
  return parseTemplate({ bytes, offset: 0, objects: 0 }, bytes.length, 1);
}

/** The bytes of objects, each length in as few bytes as it needs. */
export function encodeTlv(objects: readonly TlvSource[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const object of objects) {
    const value = valueBytes(object);
    parts.push(tagBytes(object.tag), encodeLength(value.length), value);
  }
  return concatBytes(...parts);
}

/** The first object with the tag, looking into a template before going on after it. */
export function findTlv(objects: readonly TlvObject[], tag: string): TlvObject | undefined {
  for (const object of objects) {
    if (object.tag === tag) return object;
    const nested = object.children && findTlv(object.children, tag);
    if (nested) return nested;
  }
  return undefined;
}

/** Every object with the tag, at all depths and in order. */
export function findAllTlv(objects: readonly TlvObject[], tag: string): TlvObject[] {
  return flattenTlv(objects).filter((object) => object.tag === tag);
}

/** All objects in order, each template before what it holds. */
export function flattenTlv(objects: readonly TlvObject[]): TlvObject[] {
  return objects.flatMap((object) => [object, ...(object.children ? flattenTlv(object.children) : [])]);
}

/** Whether the tag is that of a template (bit 6 of its first byte). */
export function isConstructedTag(tag: string): boolean {
  return ((tagBytes(tag)[0] ?? 0) & 0x20) !== 0;
}

/** Where a tag ends, or why none stands at `offset`. Shared with lists of tags, which have no values. */
export function readTag(
  bytes: Uint8Array,
  offset: number,
  end: number,
): { ok: true; tag: string; next: number } | TlvFailure {
  const first = bytes[offset];
  if (first === undefined || offset >= end) return fault('tag_truncated', offset);
  let next = offset + 1;
  if ((first & 0x1f) === 0x1f) {
    let isLast = false;
    while (!isLast) {
      if (next - offset === TAG_BYTES_MAX) return fault('tag_too_long', next);
      if (next >= end) return fault('tag_truncated', next);
      isLast = ((bytes[next] ?? 0) & 0x80) === 0;
      next += 1;
    }
  }
  return { ok: true, tag: toHex(bytes.subarray(offset, next)), next };
}

function parseTemplate(cursor: Cursor, end: number, depth: number): TlvResult {
  const objects: TlvObject[] = [];
  for (;;) {
    while (cursor.offset < end && cursor.bytes[cursor.offset] === 0) cursor.offset += 1;
    if (cursor.offset === end) return { ok: true, objects };
    const start = cursor.offset;
    if (depth > TLV_DEPTH_MAX) return fault('too_deep', start);
    cursor.objects += 1;
    if (cursor.objects > TLV_OBJECTS_MAX) return fault('too_many_objects', start);
    const read = readObject(cursor, end, depth);
    if (!read.ok) return read;
    objects.push(read.object);
  }
}

function readObject(
  cursor: Cursor,
  end: number,
  depth: number,
): { ok: true; object: TlvObject } | TlvFailure {
  const { bytes } = cursor;
  const isConstructed = ((bytes[cursor.offset] ?? 0) & 0x20) !== 0;
  const name = readTag(bytes, cursor.offset, end);
  if (!name.ok) return name;
  const size = readLength(bytes, name.next, end);
  if (!size.ok) return size;
  const valueEnd = size.next + size.length;
  if (valueEnd > end) return fault('value_truncated', size.next);
  const value = bytes.subarray(size.next, valueEnd);
  if (!isConstructed) {
    cursor.offset = valueEnd;
    return { ok: true, object: { tag: name.tag, value } };
  }
  cursor.offset = size.next;
  const inner = parseTemplate(cursor, valueEnd, depth + 1);
  return inner.ok ? { ok: true, object: { tag: name.tag, value, children: inner.objects } } : inner;
}

/** A length in short form or in `81`–`84` form, and where the value begins. */
export function readLength(
  bytes: Uint8Array,
  offset: number,
  end: number,
): { ok: true; length: number; next: number } | TlvFailure {
  const first = bytes[offset];
  if (first === undefined || offset >= end) return fault('length_truncated', offset);
  if (first < 0x80) return { ok: true, length: first, next: offset + 1 };
  const count = first - 0x80;
  if (count === 0 || count > 4) return fault('length_form', offset);
  const next = offset + 1 + count;
  if (next > end) return fault('length_truncated', end);
  let length = 0;
  // Not by shifting, which would make a length of four bytes negative.
  for (let index = offset + 1; index < next; index += 1) length = length * 256 + (bytes[index] ?? 0);
  return { ok: true, length, next };
}

function valueBytes(object: TlvSource): Uint8Array {
  if (isConstructedTag(object.tag)) {
    assert(object.children !== undefined, 'a constructed tag takes children');
    return encodeTlv(object.children);
  }
  assert(object.children === undefined, 'a primitive tag has no children');
  assert(object.value !== undefined, 'a primitive tag takes a value');
  return object.value;
}

function tagBytes(tag: string): Uint8Array {
  const bytes = parseHex(tag) ?? new Uint8Array();
  const read = readTag(bytes, 0, bytes.length);
  assert(read.ok && read.tag === tag && tag !== '00', 'the tag is one of BER-TLV in upper-case hexadecimal');
  return bytes;
}

function encodeLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.of(0x80 + bytes.length, ...bytes);
}

function fault(reason: TlvFault, offset: number): TlvFailure {
  return { ok: false, reason, offset };
}
