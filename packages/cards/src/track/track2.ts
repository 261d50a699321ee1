/**
 * Track 2 of a magnetic stripe (ISO/IEC 7813) and its equivalent in a chip (EMV Book 3, tag 57): number, separator, month,
 * service code, the issuer's data. At most 40 characters with sentinels and check character.
 */
import { assert } from '@holdfast/base';
import { CardData } from '../card-data.ts';
import { areDigits } from '../encoding/digits.ts';
import { isPan, PAN_DIGITS_MAX } from '../pan/pan.ts';
import {
  assertFits,
  failure,
  readTail,
  stripSentinels,
  type TrackFailure,
  type TrackLayout,
  type TrackTail,
  takeOntoStripe,
  writeTail,
} from './track-data.ts';

const TAG57_BYTES_MAX = 19;
const EQUALS = 0x3d;
const LETTER_D = 0x44;
const NIBBLE_D = 0xd;
const FILLER = 0xf;
const ZERO = 0x30;
const LAYOUT: TrackLayout = {
  charactersMax: 40,
  startSentinel: 0x3b,
  endSentinel: 0x3f,
  base: ZERO,
  mask: 0xf,
};

/** The parts of the track; who parsed it wipes them. */
export type Track2 = TrackTail & { readonly pan: CardData; readonly discretionary: CardData };

/** A track, or why the characters are none. */
export type Track2Result = { readonly ok: true; readonly track: Track2 } | TrackFailure;

/** Parses the characters of a track, separated by `=` or `D`, with or without sentinels. Never throws. */
export function parseTrack2(bytes: Uint8Array): Track2Result {
  const stripped = stripSentinels(bytes, LAYOUT);
  if (!stripped.ok) return stripped;
  const { data } = stripped;
  const separator = data.findIndex(isSeparator);
  if (separator === -1) return failure('separator');
  const pan = data.subarray(0, separator);
  if (!isPan(pan)) return failure('pan');
  const read = readTail(data.subarray(separator + 1), isSeparator);
  if (!read.ok) return read;
  if (!areDigits(read.discretionary)) return failure('character');
  const track = {
    pan: CardData.copyOf(pan),
    ...read.tail,
    discretionary: CardData.copyOf(read.discretionary),
  };
  return { ok: true, track };
}

/** Parses the value of tag 57: digits packed two a byte, `D` between, one `F` at the end where needed. Never throws. */
export function parseTag57(value: Uint8Array): Track2Result {
  if (value.length > TAG57_BYTES_MAX) return failure('too_long');
  const characters = new Uint8Array(2 * value.length);
  value.forEach((byte, index) => {
    characters[2 * index] = characterOf(byte >> 4);
    characters[2 * index + 1] = characterOf(byte & 0xf);
  });
  const last = value.at(-1) ?? 0;
  const isFilled = (last & 0xf) === FILLER;
  const data = isFilled ? characters.subarray(0, -1) : characters;
  const result = data.includes(0) ? failure('character') : parseTrack2(data);
  characters.fill(0);
  return result;
}

/** The characters of a track between its separators, without sentinels. The caller wipes them. */
export function encodeTrack2(track: Track2, separator: '=' | 'D' = '='): Uint8Array {
  const mark = separator === '=' ? EQUALS : LETTER_D;
  return track.pan.use((pan) =>
    track.discretionary.use((discretionary) => {
      const bytes = Uint8Array.of(...pan, mark, ...writeTail(track, mark), ...discretionary);
      assert(pan.length <= PAN_DIGITS_MAX, 'a card number is not longer than that');
      assertFits(bytes, LAYOUT);
      return bytes;
    }),
  );
}

/** As a stripe holds the track: with sentinels and check character. The caller wipes them. */
export function encodeTrack2Stripe(track: Track2): Uint8Array {
  return takeOntoStripe(encodeTrack2(track), LAYOUT);
}

/** The value of tag 57. The caller wipes it. */
export function encodeTag57(track: Track2): Uint8Array {
  const characters = encodeTrack2(track);
  const value = new Uint8Array(Math.ceil(characters.length / 2)).fill(0xff);
  characters.forEach((character, index) => {
    const nibble = character === EQUALS ? NIBBLE_D : character - ZERO;
    const at = index >> 1;
    value[at] = index % 2 === 0 ? (nibble << 4) | FILLER : ((value[at] ?? 0) & 0xf0) | nibble;
  });
  characters.fill(0);
  return value;
}

/** Zero where the half byte is neither digit nor separator. */
function characterOf(nibble: number): number {
  if (nibble <= 9) return ZERO + nibble;
  return nibble === NIBBLE_D ? EQUALS : 0;
}

function isSeparator(byte: number | undefined): boolean {
  return byte === EQUALS || byte === LETTER_D;
}
