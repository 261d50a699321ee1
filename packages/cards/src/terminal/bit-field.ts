/**
 * Fields of named bits, as EMV tables them: a byte (from 1) and a mask for each name. Programs and tests then say
 * `tvr.floorLimitExceeded`, and the wire keeps its bytes. A bit without a name is reserved: it is not written, and
 * reading drops it, so who must pass a foreign field on keeps its bytes.
 */
import { assert } from '@holdfast/base';

/** Where a bit stands: its byte, counted from 1 as in the tables, and its mask. */
type BitPlace = readonly [byte: number, mask: number];

/** Every name of a field with its place. */
type BitTable = { readonly [name: string]: BitPlace };

/** A field as named truths. */
export type Flags<T extends BitTable> = { -readonly [Name in keyof T]: boolean };

/** Both directions of one field. */
export type BitField<T extends BitTable> = {
  /** Length of the field in bytes. */
  readonly length: number;
  /** All bits zero. */
  none(): Flags<T>;
  /** The named bits of a field; undefined if its length is not the field's. */
  read(bytes: Uint8Array): Flags<T> | undefined;
  /** The field; a name that is not given is zero. */
  write(flags: Partial<Flags<T>>): Uint8Array;
  /** The names of the bits that are set, in the order of the table, for people and logs. */
  names(flags: Partial<Flags<T>>): (keyof T & string)[];
};

/** Makes the two directions of a field of `length` bytes out of its table. */
export function bitField<const T extends BitTable>(length: number, table: T): BitField<T> {
  // Object.keys is typed as string[]; a const table has no other keys than those of its type.
  const names = Object.keys(table) as (keyof T & string)[];
  for (const name of names) assert(placeOf(table, name)[0] <= length, 'a bit lies within its field');
  const flagsOf = (isSet: (place: BitPlace) => boolean): Flags<T> => {
    const entries = names.map((name) => [name, isSet(placeOf(table, name))] as const);
    // fromEntries forgets the keys; they are exactly those of the table.
    return Object.fromEntries(entries) as Flags<T>;
  };
  return {
    length,
    none: () => flagsOf(() => false),
    read: (bytes) => (bytes.length === length ? flagsOf((place) => isBitSet(bytes, place)) : undefined),
    write: (flags) => {
      const bytes = new Uint8Array(length);
      for (const name of names) if (flags[name] === true) setBit(bytes, placeOf(table, name));
      return bytes;
    },
    names: (flags) => names.filter((name) => flags[name] === true),
  };
}

function placeOf(table: BitTable, name: string): BitPlace {
  const place = table[name];
  assert(place !== undefined, 'the name stands in the table');
  return place;
}

function isBitSet(bytes: Uint8Array, [byte, mask]: BitPlace): boolean {
  return ((bytes[byte - 1] ?? 0) & mask) !== 0;
}

function setBit(bytes: Uint8Array, [byte, mask]: BitPlace): void {
  bytes[byte - 1] = (bytes[byte - 1] ?? 0) | mask;
}
