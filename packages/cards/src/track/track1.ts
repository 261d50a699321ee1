/**
 * Track 1 of a magnetic stripe, format B (ISO/IEC 7813): number, name, month, service code, the issuer's data, parted by
 * `^`. At most 79 characters with sentinels and check character.
 */
import { assert } from '@holdfast/base';
import { CardData } from '../card-data.ts';
import { type Expiry, toYymm } from '../pan/expiry.ts';
import { isPan } from '../pan/pan.ts';
import {
  addSentinels,
  failure,
  readTail,
  stripSentinels,
  type TrackAlphabet,
  type TrackFailure,
} from './track-data.ts';

/** With start sentinel, end sentinel and check character. */
const TRACK1_CHARACTERS_MAX = 79;

const DATA_MAX = TRACK1_CHARACTERS_MAX - 3;
const NAME_MIN = 2;
const NAME_MAX = 26;
const FORMAT_B = 0x42;
const CARET = 0x5e;
const SPACE = 0x20;
const ALPHABET: TrackAlphabet = { startSentinel: 0x25, endSentinel: 0x3f, base: SPACE, mask: 0x3f };

/** The parts of the track; who parsed it wipes them. */
export type Track1 = {
  readonly pan: CardData;
  /** Without the spaces that fill it up on the stripe: `SURNAME/FIRST NAME.TITLE`. */
  readonly name: CardData;
  /** Absent where a separator stands for it, as is `serviceCode`. */
  readonly expiry?: Expiry;
  readonly serviceCode?: string;
  readonly discretionary: CardData;
};

export type Track1Result = { readonly ok: true; readonly track: Track1 } | TrackFailure;

/** Parses the characters of a track, with or without sentinels. Never throws. */
export function parseTrack1(bytes: Uint8Array): Track1Result {
  if (bytes.length > TRACK1_CHARACTERS_MAX) return failure('too_long');
  const stripped = stripSentinels(bytes, ALPHABET);
  if (!stripped.ok) return stripped;
  const { data } = stripped;
  if (data.length > DATA_MAX) return failure('too_long');
  if (!data.every(isCharacter)) return failure('character');
  if (data[0] !== FORMAT_B) return failure('format_code');
  const first = data.indexOf(CARET);
  const second = data.indexOf(CARET, first + 1);
  if (first === -1 || second === -1) return failure('separator');
  const pan = data.subarray(1, first);
  if (!isPan(pan)) return failure('pan');
  const name = data.subarray(first + 1, second);
  if (name.length < NAME_MIN || name.length > NAME_MAX) return failure('name');
  const tail = readTail(data.subarray(second + 1), isSeparator);
  if (!tail.ok) return tail;
  const { expiry, serviceCode, discretionary } = tail;
  if (discretionary.includes(CARET)) return failure('separator');
  return { ok: true, track: held({ pan, name, discretionary }, expiry, serviceCode) };
}

/** The characters of a track without sentinels; a name of one character is filled up to two. The caller wipes them. */
export function encodeTrack1(track: Track1): Uint8Array {
  const month = track.expiry ? Buffer.from(toYymm(track.expiry), 'latin1') : Uint8Array.of(CARET);
  const service = track.serviceCode ? Buffer.from(track.serviceCode, 'latin1') : Uint8Array.of(CARET);
  return track.pan.use((pan) =>
    track.name.use((name) =>
      track.discretionary.use((discretionary) => {
        const fill = new Uint8Array(Math.max(0, NAME_MIN - name.length)).fill(SPACE);
        const head = [FORMAT_B, ...pan, CARET, ...name, ...fill, CARET];
        const bytes = Uint8Array.of(...head, ...month, ...service, ...discretionary);
        head.fill(0);
        assert(name.length <= NAME_MAX && bytes.length <= DATA_MAX, 'the track fits on the stripe');
        return bytes;
      }),
    ),
  );
}

/** As a stripe holds the track: with sentinels and check character. The caller wipes them. */
export function encodeTrack1Stripe(track: Track1): Uint8Array {
  const data = encodeTrack1(track);
  const bytes = addSentinels(data, ALPHABET);
  data.fill(0);
  return bytes;
}

function held(
  parts: { pan: Uint8Array; name: Uint8Array; discretionary: Uint8Array },
  expiry: Expiry | undefined,
  serviceCode: string | undefined,
): Track1 {
  return {
    pan: CardData.take(new Uint8Array(parts.pan)),
    name: CardData.take(trimmed(parts.name)),
    ...(expiry && { expiry }),
    ...(serviceCode !== undefined && { serviceCode }),
    discretionary: CardData.take(new Uint8Array(parts.discretionary)),
  };
}

function trimmed(name: Uint8Array): Uint8Array {
  let length = name.length;
  while (length > 0 && name[length - 1] === SPACE) length -= 1;
  return name.slice(0, length);
}

/** The 64 characters of the track without its two sentinels, which cannot stand within it. */
function isCharacter(byte: number): boolean {
  return byte >= SPACE && byte <= 0x5f && byte !== ALPHABET.startSentinel && byte !== ALPHABET.endSentinel;
}

function isSeparator(byte: number | undefined): boolean {
  return byte === CARET;
}
