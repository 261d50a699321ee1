/**
 * Ready packagers: the tables of the standard with the codes that hosts commonly use. A host that departs from them in a
 * field gets a packager of its own, made of these by spreading.
 */

import { lll } from './field-rows.ts';
import { FIELDS_1987 } from './fields-1987.ts';
import { FIELDS_1993 } from './fields-1993.ts';
import type { Codes, FieldTable, Packager } from './packager-types.ts';

/** Field 55 with data of a chip as TLV, its length counted in bytes. */
export const ICC_FIELD = lll('b', 255, 'integrated circuit card data', 'secret');

const ASCII: Codes = {
  mti: 'ascii',
  bitmap: 'hex-ascii',
  lengths: 'ascii',
  digits: 'ascii',
  variableDigits: 'ascii',
  tracks: 'ascii',
  text: 'ascii',
  bytes: 'hex-ascii',
  lengthOfHex: 'bytes',
};

const BCD: Codes = {
  mti: 'bcd-left',
  bitmap: 'binary',
  lengths: 'bcd-left',
  digits: 'bcd-left',
  variableDigits: 'bcd-left',
  tracks: 'bcd-left',
  text: 'ascii',
  bytes: 'binary',
  lengthOfHex: 'bytes',
};

const EBCDIC: Codes = {
  mti: 'ebcdic-1047',
  bitmap: 'binary',
  lengths: 'ebcdic-1047',
  digits: 'ebcdic-1047',
  variableDigits: 'ebcdic-1047',
  tracks: 'ebcdic-1047',
  text: 'ebcdic-1047',
  bytes: 'binary',
  lengthOfHex: 'bytes',
};

const CHIP_1987: FieldTable = { ...FIELDS_1987, 55: ICC_FIELD };

/** 1987 in ASCII throughout, bitmaps and bytes as hexadecimal digits, field 55 reserved as the standard had it. */
export const ASCII_87: Packager = { name: 'ascii87', version: '1987', fields: FIELDS_1987, codes: ASCII };

/** As {@link ASCII_87}, with the chip's data in field 55 as hexadecimal digits. */
export const ASCII_87_CHIP: Packager = {
  name: 'ascii87-chip',
  version: '1987',
  fields: CHIP_1987,
  codes: ASCII,
};

/** 1987 in ASCII with binary bitmaps and bytes. */
export const ASCII_87_BINARY: Packager = {
  name: 'ascii87-binary',
  version: '1987',
  fields: CHIP_1987,
  codes: { ...ASCII, bitmap: 'binary', bytes: 'binary' },
};

/** 1987 with packed digits, an odd number of them behind a zero, and text in ASCII. */
export const BCD_87: Packager = { name: 'bcd87', version: '1987', fields: CHIP_1987, codes: BCD };

/** As {@link BCD_87}, with a zero after an odd number of digits in variable fields. */
export const BCD_87_RIGHT: Packager = {
  name: 'bcd87-right',
  version: '1987',
  fields: CHIP_1987,
  codes: { ...BCD, variableDigits: 'bcd-right-zero', tracks: 'bcd-right-zero' },
};

/** Packed digits, lengths as binary numbers and text in EBCDIC. */
export const BCD_87_EBCDIC: Packager = {
  name: 'bcd87-ebcdic',
  version: '1987',
  fields: CHIP_1987,
  codes: { ...BCD, lengths: 'binary', text: 'ebcdic-1047' },
};

/** 1987 in EBCDIC, bitmaps and bytes binary. */
export const EBCDIC_87: Packager = {
  name: 'ebcdic87',
  version: '1987',
  fields: CHIP_1987,
  codes: EBCDIC,
};

/** 1993 in ASCII, bitmaps and bytes as hexadecimal digits. */
export const ASCII_93: Packager = { name: 'ascii93', version: '1993', fields: FIELDS_1993, codes: ASCII };

/** 1993 with packed digits, `F` after an odd number of them in variable fields, and text in ASCII. */
export const BCD_93: Packager = {
  name: 'bcd93',
  version: '1993',
  fields: FIELDS_1993,
  codes: { ...BCD, variableDigits: 'bcd-right-f', tracks: 'bcd-right-f' },
};

/** All of them, for a configuration that names one. */
export const PACKAGERS: readonly Packager[] = [
  ASCII_87,
  ASCII_87_CHIP,
  ASCII_87_BINARY,
  BCD_87,
  BCD_87_RIGHT,
  BCD_87_EBCDIC,
  EBCDIC_87,
  ASCII_93,
  BCD_93,
];
