/**
 * A dialect of card readers that encrypt: between the tag and the length of an object stands an attribute byte, `A1` for
 * a masked value and `C1` for an encrypted one, as in `57 A1 11 …` and `57 C1 18 …`. No length of BER-TLV begins so (it
 * would take 33 or 65 bytes), which is why both can be told apart. A driver cleans what its reader sent by this module;
 * nothing else in the product sees the dialect.
 */
import {
  readLength,
  readTag,
  TLV_BYTES_MAX,
  TLV_DEPTH_MAX,
  TLV_OBJECTS_MAX,
  type TlvFailure,
  type TlvObject,
} from './ber-tlv.ts';

const MASKED = 0xa1;
const ENCRYPTED = 0xc1;

/** An object whose value is no value of the card: digits behind a mask, or a ciphertext under the reader's key. */
export type ProtectedObject = {
  readonly tag: string;
  readonly protection: 'masked' | 'encrypted';
  /** As the reader sent it; a view of the input. */
  readonly value: Uint8Array;
};

/**
 * `objects` is clean TLV without the protected objects: their templates hold only what is plain, and the raw `value` of a
 * template is left empty where something was taken out of it. `protectedObjects` are in the order of the input.
 */
export type VendorTlvResult =
  | {
      readonly ok: true;
      readonly objects: readonly TlvObject[];
      readonly protectedObjects: readonly ProtectedObject[];
    }
  | TlvFailure;

type Reading = {
  readonly bytes: Uint8Array;
  readonly protectedObjects: ProtectedObject[];
  offset: number;
  count: number;
};
type Level = { ok: true; objects: TlvObject[] } | TlvFailure;

/** Parses the dialect; plain BER-TLV is part of it. Refuses what BER-TLV refuses, and never throws. */
export function parseVendorTlv(bytes: Uint8Array): VendorTlvResult {
  if (bytes.length > TLV_BYTES_MAX) return { ok: false, reason: 'too_long', offset: TLV_BYTES_MAX };
  const reading: Reading = { bytes, protectedObjects: [], offset: 0, count: 0 };
  const level = readLevel(reading, bytes.length, 1);
  return level.ok ? { ...level, protectedObjects: reading.protectedObjects } : level;
}

function readLevel(reading: Reading, end: number, depth: number): Level {
  const objects: TlvObject[] = [];
  for (;;) {
    while (reading.offset < end && reading.bytes[reading.offset] === 0) reading.offset += 1;
    if (reading.offset === end) return { ok: true, objects };
    if (depth > TLV_DEPTH_MAX) return { ok: false, reason: 'too_deep', offset: reading.offset };
    reading.count += 1;
    if (reading.count > TLV_OBJECTS_MAX) {
      return { ok: false, reason: 'too_many_objects', offset: reading.offset };
    }
    const failure = readInto(objects, reading, end, depth);
    if (failure) return failure;
  }
}

function readInto(
  objects: TlvObject[],
  reading: Reading,
  end: number,
  depth: number,
): TlvFailure | undefined {
  const { bytes } = reading;
  const isConstructed = ((bytes[reading.offset] ?? 0) & 0x20) !== 0;
  const name = readTag(bytes, reading.offset, end);
  if (!name.ok) return name;
  const protection = name.next < end ? protectionOf(bytes[name.next]) : undefined;
  const size = readLength(bytes, protection ? name.next + 1 : name.next, end);
  if (!size.ok) return size;
  const valueEnd = size.next + size.length;
  if (valueEnd > end) return { ok: false, reason: 'value_truncated', offset: size.next };
  const value = bytes.subarray(size.next, valueEnd);
  if (protection) reading.protectedObjects.push({ tag: name.tag, protection, value });
  else if (!isConstructed) objects.push({ tag: name.tag, value });
  else {
    const before = reading.protectedObjects.length;
    reading.offset = size.next;
    const inner = readLevel(reading, valueEnd, depth + 1);
    if (!inner.ok) return inner;
    const isWhole = reading.protectedObjects.length === before;
    objects.push({ tag: name.tag, value: isWhole ? value : new Uint8Array(), children: inner.objects });
  }
  reading.offset = valueEnd;
  return undefined;
}

function protectionOf(byte: number | undefined): ProtectedObject['protection'] | undefined {
  if (byte === MASKED) return 'masked';
  return byte === ENCRYPTED ? 'encrypted' : undefined;
}
