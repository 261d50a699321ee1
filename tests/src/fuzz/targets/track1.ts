/** Track 1: what is read is written again, and reads as the same track. */
import { encodeTrack1, encodeTrack1Stripe, parseTrack1, toHex } from '@holdfast/cards';
import { type FuzzTarget, holds } from '../target.ts';
import { TRACK_WORDS, TRACK1_SEEDS } from '../track-seeds.ts';

/** The fuzzed parser. */
export const target: FuzzTarget = {
  name: 'track1',
  bytesMax: 100,
  dictionary: TRACK_WORDS,
  seeds: TRACK1_SEEDS,
  run(input) {
    const read = parseTrack1(input);
    if (!read.ok) return `refused: ${read.reason}`;
    const written = encodeTrack1(read.track);
    const again = parseTrack1(written);
    holds(again.ok, 'what is written can be read');
    holds(toHex(encodeTrack1(again.track)) === toHex(written), 'what is written reads as the same track');
    const stripe = encodeTrack1Stripe(read.track);
    holds(parseTrack1(stripe).ok, 'what is on the stripe can be read');
    return toHex(written);
  },
};
