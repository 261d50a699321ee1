/** Track 2 and its equivalent in a chip: what is read is written again, and reads as the same track. */
import {
  encodeTag57,
  encodeTrack2,
  encodeTrack2Stripe,
  parseTag57,
  parseTrack2,
  toHex,
} from '@holdfast/cards';
import { type FuzzTarget, hexBytes, holds } from '../target.ts';
import { TRACK_WORDS, TRACK2_SEEDS } from '../track-seeds.ts';

/** The fuzzed parser. */
export const target: FuzzTarget = {
  name: 'track2',
  bytesMax: 64,
  dictionary: TRACK_WORDS,
  seeds: [...TRACK2_SEEDS, hexBytes('4000340000000506D25121111234000012300F')],
  run(input) {
    const packed = parseTag57(input);
    if (packed.ok) {
      const again = parseTag57(encodeTag57(packed.track));
      holds(again.ok, 'what is packed can be read');
      const text = toHex(encodeTrack2(packed.track));
      holds(toHex(encodeTrack2(again.track)) === text, 'what is packed reads as the same track');
      return `packed: ${text}`;
    }
    const read = parseTrack2(input);
    if (!read.ok) return `refused: ${read.reason} ${packed.reason}`;
    const written = encodeTrack2(read.track);
    const again = parseTrack2(written);
    holds(again.ok, 'what is written can be read');
    holds(toHex(encodeTrack2(again.track)) === toHex(written), 'what is written reads as the same track');
    holds(parseTrack2(encodeTrack2Stripe(read.track)).ok, 'what is on the stripe can be read');
    return toHex(written);
  },
};
