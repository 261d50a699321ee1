/**
 * Track 1 of a magnetic stripe, format B (ISO/IEC 7813): number, name, month, service code, the issuer's data, parted by
 * `^`. At most 79 characters with sentinels and check character.
 */
import { assert } from '@holdfast/base';
import { CardData } from '../card-data.ts';
import { isPan } from '../pan/pan.ts';
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

const NAME_MIN = 2;
const NAME_MAX = 26;
const FORMAT_B = 0x42;
const CARET = 0x5e;
const SPACE = 0x20;
const LAYOUT: TrackLayout = {
  charactersMax: 79,
  startSentinel: 0x25,
  endSentinel: 0x3f,
  base: SPACE,
  mask: 0x3f,
};

/** The parts of the track; who parsed it wipes them. */
export type Track1 = TrackTail & {
  readonly pan: CardData;
  /** Without the spaces that fill it up on the stripe: `SURNAME/FIRST NAME.TITLE`. */
  readonly name: CardData;
  readonly discretionary: CardData;
};

/** A track, or why the characters are none. */
export type Track1Result = { readonly ok: true; readonly track: Track1 } | TrackFailure;

/** Parses the characters of a track, with or without sentinels. Never throws. */
export function parseTrack1(bytes: Uint8Array): Track1Result {
  const stripped = stripSentinels(bytes, LAYOUT);
  if (!stripped.ok) return stripped;
  const { data } = stripped;
  if (!data.every(isCharacter)) return failure('character');
  if (data[0] !== FORMAT_B) return failure('format_code');
  const first = data.indexOf(CARET);
  const second = data.indexOf(CARET, first + 1);
  if (first === -1 || second === -1) return failure('separator');
  const pan = data.subarray(1, first);
  if (!isPan(pan)) return failure('pan');
  const name = data.subarray(first + 1, second);
  if (name.length < NAME_MIN || name.length > NAME_MAX) return failure('name');
  const read = readTail(data.subarray(second + 1), isSeparator);
  if (!read.ok) return read;
  if (read.discretionary.includes(CARET)) return failure('separator');
  const track = {
    pan: CardData.copyOf(pan),
    name: CardData.copyOf(trimmed(name)),
    ...read.tail,
    discretionary: CardData.copyOf(read.discretionary),
  };
  return { ok: true, track };
}

/** The characters of a track without sentinels; a name of one character is filled up to two. The caller wipes them. */
export function encodeTrack1(track: Track1): Uint8Array {
  return track.pan.use((pan) =>
    track.name.use((name) =>
      track.discretionary.use((discretionary) => {
        const fill = new Uint8Array(Math.max(0, NAME_MIN - name.length)).fill(SPACE);
        const head = [FORMAT_B, ...pan, CARET, ...name, ...fill, CARET];
        const bytes = Uint8Array.of(...head, ...writeTail(track, CARET), ...discretionary);
        head.fill(0);
        assert(name.length <= NAME_MAX, 'the name fits on the stripe');
        assertFits(bytes, LAYOUT);
        return bytes;
      }),
    ),
  );
}

/** As a stripe holds the track: with sentinels and check character. The caller wipes them. */
export function encodeTrack1Stripe(track: Track1): Uint8Array {
  return takeOntoStripe(encodeTrack1(track), LAYOUT);
}

function trimmed(name: Uint8Array): Uint8Array {
  let length = name.length;
  while (length > 0 && name[length - 1] === SPACE) length -= 1;
  return name.subarray(0, length);
}

/** The 64 characters of the track without its two sentinels, which cannot stand within it. */
function isCharacter(byte: number): boolean {
  return byte >= SPACE && byte <= 0x5f && byte !== LAYOUT.startSentinel && byte !== LAYOUT.endSentinel;
}

function isSeparator(byte: number | undefined): boolean {
  return byte === CARET;
}
