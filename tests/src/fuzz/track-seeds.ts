/** Tracks of test cards to begin with, and what stands between their parts. */
import { bytesOf } from './target.ts';

export const TRACK1_SEEDS: readonly Uint8Array[] = [
  'B1234567890123445^PADILLA/L.                ^99011200000000000000**000******',
  '%B4000340000000506^CARD/TEST^25121011234000?',
  'B4111111111111111^A/B^^^',
].map(bytesOf);

export const TRACK2_SEEDS: readonly Uint8Array[] = [
  '4000340000000506=2512111123400001230',
  '4000340000000506D2512111123400001230',
  ';4000340000000506=2512101?',
  '4111111111111111==',
].map(bytesOf);

export const TRACK_WORDS: readonly Uint8Array[] = [
  '%B',
  '^',
  '^^',
  '?',
  ';',
  '=',
  'D',
  '2512101',
  'F',
  ' ',
].map(bytesOf);
