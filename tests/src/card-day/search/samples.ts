/**
 * Card data as programs write it, made by other means than the needles are: for proofs that a search finds what is there.
 * Each sample is of a card of its own, so that what was found says which sample it was.
 */
import { deflateSync, gzipSync } from 'node:zlib';
import {
  CardData,
  encodeTag57,
  encodeTrack1Stripe,
  encodeTrack2Stripe,
  luhnDigit,
  writeCompressed,
  writePinBlock0,
  writePinBlock2,
  writePinBlock3,
} from '@holdfast/cards';
import type { Seeded } from '../../support/seeded.ts';
import type { Secrets } from './needles.ts';

/** A card that nobody ever had. */
export type SampleCard = { number: string; track1: Buffer; track2: Buffer; tag57: Buffer; pin: string };

/** `bytes` are what a program wrote; `isText` tells whether a text can hold them. */
export type Sample = { name: string; secrets: Secrets; isText: boolean; bytes: Buffer };

type Write = (card: SampleCard, random: Seeded) => Buffer | string;

const EXPIRY = { year: 2031, month: 7 };
const SERVICE_CODE = '201';
const BIN = '40001234';
const NUMBER_DIGITS = 16;
const AMEX = { bin: '370012', digits: 15 };
const PIN_DIGITS = 12;

const ascii = (text: string) => Buffer.from(text, 'latin1');
const packed = (digits: string) => Buffer.from(writeCompressed(ascii(digits)));
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
/** What is around a secret where it lies. */
const within = (bytes: Buffer) => Buffer.concat([ascii('{"card":"'), bytes, ascii('"}')]);

const TEXTS: Readonly<Record<string, Write>> = {
  'number, ASCII': ({ number }) => number,
  'number, JSON': ({ number }) => JSON.stringify({ pan: number }),
  'number, groups of four': ({ number }) => `card ${number.replaceAll(/(.{4})(?=.)/g, '$1 ')}.`,
  'number, groups with dashes': ({ number }) => number.replaceAll(/(.{4})(?=.)/g, '$1-'),
  'number, base64': ({ number }) => ascii(number).toString('base64'),
  'number, base64 one byte on': ({ number }) => ascii(`x${number}y`).toString('base64'),
  'number, base64url two bytes on': ({ number }) => ascii(`xx${number}y`).toString('base64url'),
  'number, base64 of packed BCD': ({ number }) => packed(number).toString('base64'),
  'number, base64url of packed BCD, one byte on': ({ number }) =>
    Buffer.concat([Buffer.of(0xfe), packed(number)]).toString('base64url'),
  'number, base64 of packed BCD from the middle of a byte': ({ number }) =>
    Buffer.from(`fff${number}f`, 'hex').toString('base64'),
  'number, base64 of UTF-16 LE': ({ number }) => Buffer.from(number, 'utf16le').toString('base64'),
  'number, base64 of UTF-16 BE, one byte on': ({ number }) =>
    Buffer.concat([Buffer.of(0xfe), utf16be(number)]).toString('base64'),
  'number, hexadecimal text of packed BCD': ({ number }) => packed(number).toString('hex').toUpperCase(),
  'number, hexadecimal text of ASCII': ({ number }) => ascii(number).toString('hex'),
  'number, JSON of a buffer': ({ number }) => JSON.stringify(ascii(number)),
  'number, JSON of an array of bytes': ({ number }) => JSON.stringify(Uint8Array.from(ascii(number))),
  'number, gzip in base64': ({ number }) => gzipSync(number).toString('base64'),
  'number, gzip in hexadecimal text': ({ number }) => gzipSync(number).toString('hex'),
  'track 1, JSON': ({ track1 }) => JSON.stringify({ track1: track1.toString('latin1') }),
  'track 2, base64': ({ track2 }) => track2.toString('base64'),
  'track 2 without its number': ({ track2 }) =>
    `${'*'.repeat(NUMBER_DIGITS)}${track2.toString('latin1', 17, 35)}`,
  'track 2 of a chip, hexadecimal text': ({ tag57 }) => `57 ${tag57.toString('hex')}`,
  'PIN, ASCII': ({ pin }) => `{"entered":"${pin}"}`,
  'PIN, base64': ({ pin }) => ascii(pin).toString('base64'),
  'PIN block, hexadecimal text': (card) => Buffer.from(pinBlock0(card)).toString('hex'),
  'PIN block, base64': (card) => Buffer.from(pinBlock0(card)).toString('base64'),
};

const BYTES: Readonly<Record<string, Write>> = {
  'number, UTF-16 LE': ({ number }) => Buffer.from(`a${number}z`, 'utf16le'),
  'number, UTF-16 BE': ({ number }) => utf16be(`a${number}z`),
  'number, packed BCD': ({ number }) => packed(number),
  'number, packed BCD from the middle of a byte': ({ number }) => Buffer.from(`3${number}f`, 'hex'),
  'number, EBCDIC': ({ number }) => Buffer.from([...number].map((digit) => 0xf0 + Number(digit))),
  'number, a digit a byte': ({ number }) => Buffer.from([...number].map(Number)),
  'number, integer': ({ number }) => int64(number, 'big'),
  'number, integer, little-endian': ({ number }) => int64(number, 'little'),
  'number, gzip': ({ number }) => gzipSync(within(ascii(number))),
  'number, packed BCD in gzip': ({ number }) => gzipSync(packed(number)),
  'number, UTF-16 in zlib': ({ number }) => deflateSync(Buffer.from(number, 'utf16le')),
  'number, gzip in gzip': ({ number }) => gzipSync(within(gzipSync(number))),
  'track 2 of a chip': ({ tag57 }) => Buffer.concat([Buffer.of(0x57, tag57.length), tag57]),
  'track 1, UTF-16 LE': ({ track1 }) => Buffer.from(track1.toString('latin1'), 'utf16le'),
  'track 2, gzip': ({ track2 }) => gzipSync(within(track2)),
  'PIN, packed BCD': ({ pin }) => packed(pin),
  'PIN, UTF-16 LE': ({ pin }) => Buffer.from(pin, 'utf16le'),
  'PIN, gzip': ({ pin }) => gzipSync(within(ascii(pin))),
  'PIN block 0': (card) => Buffer.from(pinBlock0(card)),
  'PIN block 2': ({ pin }) => Buffer.from(writePinBlock2(ascii(pin))),
  'PIN block 3': ({ pin, number }, random) =>
    Buffer.from(writePinBlock3({ pin: ascii(pin), pan: ascii(number) }, random)),
};

/** One sample of each way, each with a new card. */
export function drawSamples(random: Seeded): Sample[] {
  const of = (ways: Readonly<Record<string, Write>>, isText: boolean) =>
    Object.entries(ways).map(([name, write]) => sampleOf({ name, isText, write, random }));
  return [...of(TEXTS, true), ...of(BYTES, false)];
}

/** A card with a number of sixteen digits, or of fifteen. */
export function drawCard(random: Seeded, { isAmex = false } = {}): SampleCard {
  const { bin, digits } = isAmex ? AMEX : { bin: BIN, digits: NUMBER_DIGITS };
  const body = `${bin}${drawDigits(random, digits - bin.length - 1)}`;
  const number = `${body}${String.fromCharCode(luhnDigit(ascii(body)))}`;
  const common = { expiry: EXPIRY, serviceCode: SERVICE_CODE };
  const data = (text: string) => CardData.ofText(text);
  const track = () => ({ ...common, pan: data(number), discretionary: data(drawDigits(random, 10)) });
  return {
    number,
    track1: Buffer.from(encodeTrack1Stripe({ ...track(), name: data('SAMPLE/NOBODY') })),
    track2: Buffer.from(encodeTrack2Stripe(track())),
    tag57: Buffer.from(encodeTag57(track())),
    pin: drawDigits(random, PIN_DIGITS),
  };
}

/** What is to be found nowhere of a card. */
export function secretsOf({ number, track1, track2, tag57, pin }: SampleCard): Secrets {
  const tracks = [track1.toString('latin1'), track2.toString('latin1'), tag57.toString('hex').toUpperCase()];
  return { numbers: [number], tracks, pins: [pin] };
}

function sampleOf(of: { name: string; isText: boolean; write: Write; random: Seeded }): Sample {
  const { name, isText, write, random } = of;
  const card = drawCard(random);
  return { name, isText, secrets: secretsOf(card), bytes: Buffer.from(write(card, random)) };
}

function drawDigits(random: Seeded, count: number): string {
  return Array.from({ length: count }, () => random.int(0, 9)).join('');
}

function pinBlock0({ pin, number }: SampleCard): Uint8Array {
  return writePinBlock0({ pin: ascii(pin), pan: ascii(number) });
}

function int64(digits: string, order: 'big' | 'little'): Buffer {
  const bytes = Buffer.alloc(8);
  if (order === 'big') bytes.writeBigInt64BE(BigInt(digits));
  else bytes.writeBigInt64LE(BigInt(digits));
  return bytes;
}
