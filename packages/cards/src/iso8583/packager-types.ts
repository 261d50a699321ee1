/**
 * What describes a dialect of ISO 8583: a table of fields, which is the standard's, and codes, which are a host's. Nothing
 * here is code of a dialect, so a new host is new data.
 */
import type { ByteCode, CharacterCode, DigitCode } from './wire-codes.ts';

/**
 * Formats of the standard: letters, letters and digits, printable characters, digits, bytes, the characters of a track,
 * and an amount with a leading `C` or `D`. Letters may be filled up with spaces.
 */
export type FieldFormat = 'a' | 'an' | 'ans' | 'n' | 'b' | 'z' | 'xn';

/** A fixed length, or the most that a length of so many decimal digits announces. In characters, or bytes for `b`. */
export type FieldSize =
  | { readonly kind: 'fixed'; readonly length: number }
  | { readonly kind: 'variable'; readonly lengthDigits: 2 | 3 | 4; readonly max: number };

/**
 * What a log may say of a field: its text, its length only (where the content is a host's own and may hold anything), or
 * its length only and the value lives in CardData.
 */
export type FieldVisibility = 'shown' | 'length' | 'secret';

export type FieldSpec = {
  readonly name: string;
  readonly format: FieldFormat;
  readonly size: FieldSize;
  readonly visibility: FieldVisibility;
  /** Where this field departs from the codes of its packager. */
  readonly codes?: Partial<Codes>;
};

/** Fields by number, 2–64 and 66–128. */
export type FieldTable = { readonly [field: number]: FieldSpec };

/** How a host writes each kind of data. */
export type Codes = {
  readonly mti: DigitCode;
  readonly bitmap: ByteCode;
  /** The length before a variable field: decimal digits, or a binary number of one byte (two from three digits on). */
  readonly lengths: DigitCode | 'binary';
  /** Fixed fields of format n, and the digits of format xn. */
  readonly digits: DigitCode;
  /** Variable fields of format n. */
  readonly variableDigits: DigitCode;
  readonly tracks: DigitCode;
  readonly text: CharacterCode;
  readonly bytes: ByteCode;
  /** What the length of a variable field of bytes counts where they are written as hexadecimal digits. */
  readonly lengthOfHex: 'bytes' | 'characters';
};

/** The first digit of the message type. */
export type Iso8583Version = '1987' | '1993' | '2003';

export type Packager = {
  readonly name: string;
  readonly version: Iso8583Version;
  readonly fields: FieldTable;
  readonly codes: Codes;
};
