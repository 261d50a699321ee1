/**
 * Every form in which data of a card could lie in a file, a row or a message. A search is for whole numbers, tracks and
 * PINs: a truncated number, which a receipt may show, is in none of these forms.
 *
 * - Digits as hexadecimal text of their packed form are the digits themselves, so ASCII finds them.
 * - A track holds the number, which is looked for anyway; what else is sensitive in it is looked for by itself: all that
 *   follows the last separator, so that a track is found without its number, too. No character of either changes when
 *   it becomes JSON or a part of an address.
 * - A packed form may begin in the middle of a byte, and what is beside it does not matter: padding with F, the separator
 *   D of a track 2, the control field of a PIN block (formats 2 and 4 hold the PIN as it is).
 */
import { assert, must } from '@holdfast/base';
import { base64Forms } from './base64-forms.ts';
import type { Form } from './form.ts';

/** What must be found nowhere; digits, and tracks as a stripe or a chip has them, in text. */
export type Secrets = {
  numbers: readonly string[];
  tracks: readonly string[];
  pins: readonly string[];
};

/** Bytes to look for. `secret` names whose they are and may be shown; it gives no number away. */
export type Needle = Form & { secret: string };

/** Shorter ones would be found by chance in a few hundred megabytes. */
const DIGITS_MIN = 12;
/** What a needle has at least, beside the bits of its edges. */
const BYTES_MIN = 5;

/** All needles of what one owner has, such as a till. A PIN has to be so long that it is found nowhere by chance. */
export function needlesOf({ numbers, tracks, pins }: Secrets, owner: string): Needle[] {
  const found = [
    ...numbers.flatMap((number) => named(`number ${shown(number)}`, numberForms(number))),
    ...tracks.flatMap((track, index) => named(`track ${index + 1}`, digitForms(tailOf(track)))),
    ...pins.flatMap((pin, index) => named(`PIN ${index + 1}`, digitForms(pin))),
    ...pins.flatMap((pin, index) =>
      numbers.flatMap((number) => named(`PIN ${index + 1} for ${shown(number)}`, pinBlockForms(pin, number))),
    ),
  ];
  return found.map((needle) => ({ ...needle, secret: `${owner}: ${needle.secret}` }));
}

/** A number as a failure may show it. */
function shown(digits: string): string {
  return `${digits.slice(0, 6)}…${digits.slice(-4)}`;
}

/** What follows the number and the name: expiry, service code and the issuer's own data. */
export function tailOf(track: string): string {
  const [, tail] = /(?:[=D]|\^[^^]*\^)(\d+)/.exec(track) ?? [];
  return must(tail, 'a track has a separator and digits behind it');
}

function named(secret: string, forms: readonly Form[]): Needle[] {
  const seen = new Set<string>();
  return forms.flatMap((form) => {
    assert(form.bytes.length >= BYTES_MIN, 'a needle is long enough to be one');
    const key = JSON.stringify([Buffer.from(form.bytes).toString('hex'), form.before, form.after]);
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ secret, ...form }];
  });
}

function numberForms(number: string): Form[] {
  return [...digitForms(number), ...groupsOf(number).flatMap(textForms), ...integerForms(number)];
}

/** The forms of a row of digits. */
function digitForms(digits: string): Form[] {
  assert(/^\d+$/.test(digits) && digits.length >= DIGITS_MIN, 'a secret has enough digits to be looked for');
  const ascii = Buffer.from(digits);
  const codes = [...ascii];
  return [
    ...textForms(digits),
    { encoding: 'EBCDIC', bytes: Buffer.from(codes.map((code) => code | 0xf0)) },
    { encoding: 'a digit a byte', bytes: Buffer.from(codes.map((code) => code & 0x0f)) },
    { encoding: 'hexadecimal text', bytes: Buffer.from(ascii.toString('hex')) },
    { encoding: 'a list of bytes', bytes: Buffer.from(codes.join(',')) },
    { encoding: 'a list of bytes', bytes: Buffer.from(codes.join(', ')) },
    ...QUOTES.map((quote) => ({ encoding: 'JSON of bytes', bytes: membersOf(codes, quote) })),
    ...base64Forms('base64 of ASCII', ascii.toString('hex'), [0]),
    ...base64Forms('base64 of UTF-16', utf16(digits, 'little').toString('hex'), [0]),
    ...base64Forms('base64 of UTF-16', utf16(digits, 'big').toString('hex'), [0]),
    ...packedForms('packed BCD', digits, [0, 1]),
    ...base64Forms('base64 of packed BCD', digits, [0, 1]),
  ];
}

/** A quote in JSON, and in JSON that is a text within JSON, and so on: a body in an entry in an export is the fourth. */
const QUOTES = [0, 1, 2, 3, 4].map((depth) => `${'\\'.repeat(2 ** depth - 1)}"`);

function membersOf(codes: readonly number[], quote: string): Buffer {
  return Buffer.from(codes.map((code, index) => `${quote}${index}${quote}:${code}`).join(','));
}

function textForms(text: string): Form[] {
  return [
    { encoding: 'ASCII', bytes: Buffer.from(text) },
    { encoding: 'UTF-16 LE', bytes: utf16(text, 'little') },
    { encoding: 'UTF-16 BE', bytes: utf16(text, 'big') },
  ];
}

function utf16(text: string, order: 'little' | 'big'): Buffer {
  const little = Buffer.from(text, 'utf16le');
  return order === 'little' ? little : little.swap16();
}

/** As cards and forms show a number: in groups of four, and of 15 digits as American Express groups them. */
function groupsOf(number: string): string[] {
  const fours = number.match(/.{1,4}/g) ?? [];
  const amex = [number.slice(0, 4), number.slice(4, 10), number.slice(10)];
  const ways = number.length === 15 ? [fours, amex] : [fours];
  return ways.flatMap((parts) => [parts.join(' '), parts.join('-')]);
}

/** As a 64-bit integer, without the zeros before it. */
function integerForms(digits: string): Form[] {
  const hex = BigInt(digits).toString(16);
  const big = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return [
    { encoding: 'integer, big-endian', bytes: big },
    { encoding: 'integer, little-endian', bytes: Buffer.from(big).reverse() },
  ];
}

/**
 * The clear PIN block of formats 0 and 3 for the number: from the length to the last digit, which is where the two are
 * the same.
 */
function pinBlockForms(pin: string, number: string): Form[] {
  const account = number.slice(-13, -1).padStart(14, '0');
  const mixed = [...pin].map((digit, index) => (Number(digit) ^ Number(account[index] ?? '0')).toString(16));
  const nibbles = `${pin.length.toString(16)}${mixed.join('')}`;
  return [
    ...packedForms('PIN block', nibbles, [1]),
    { encoding: 'hexadecimal text of a PIN block', bytes: Buffer.from(nibbles) },
    { encoding: 'hexadecimal text of a PIN block', bytes: Buffer.from(nibbles.toUpperCase()) },
    ...base64Forms('base64 of a PIN block', nibbles, [1]),
  ];
}

/** Half bytes as bytes, beginning at the first or at the second half of one. */
function packedForms(encoding: string, nibbles: string, starts: readonly (0 | 1)[]): Form[] {
  return starts.map((start) => {
    const end = start + Math.floor((nibbles.length - start) / 2) * 2;
    const last = nibbles[end];
    return {
      encoding,
      bytes: Buffer.from(nibbles.slice(start, end), 'hex'),
      before:
        start === 1 ? { of: 'byte', mask: 0x0f, value: Number.parseInt(nibbles[0] ?? '', 16) } : undefined,
      after:
        last === undefined ? undefined : { of: 'byte', mask: 0xf0, value: Number.parseInt(last, 16) << 4 },
    } satisfies Form;
  });
}
