/** Tracks 1 and 2 of magnetic stripes: their parts, and the characters that come back out of them. */

import {
  encodeTag57,
  encodeTrack1,
  encodeTrack1Stripe,
  encodeTrack2,
  encodeTrack2Stripe,
  parseTag57,
  parseTrack1,
  parseTrack2,
  type Track1,
  type Track2,
  toYymm,
} from '@holdfast/cards';
import type { Values } from '../case-values.ts';
import { ascii, looseHex, parsed, same } from '../compare.ts';
import { casesOf, REJECT, rejectCases, type Section } from '../section.ts';
import { spellings } from '../spellings.ts';

export const tracks: Section = {
  spellings: spellings({
    raw: ['track', 'data', 'text'],
    alt: ['raw2', 'alternative'],
    pan: ['primaryAccountNumber', 'accountNumber', 'number'],
    name: ['cardholderName', 'holder', 'cardholder'],
    exp: ['expiry', 'expirationDate', 'expiration', 'expiryDate', 'yymm'],
    svc: ['serviceCode', 'service', 'sc'],
    dd: ['discretionaryData', 'discretionary'],
    tag57: ['57', 'track2Equivalent', 'hex'],
    format: ['formatCode', 'fc'],
  }),
  cases: (section) => {
    const named = (pattern: RegExp) =>
      section.names().filter((name) => !REJECT.test(name) && pattern.test(name));
    return [
      ...named(/track_?1/i).flatMap((name) => casesOf(section, name, checkTrack1)),
      ...named(/track_?2|57/i).flatMap((name) => casesOf(section, name, checkTrack2)),
      ...rejectCases(section, readAny),
    ];
  },
};

function checkTrack1(it: Values): undefined {
  const raw = it.text('raw');
  const { track } = parsed('the track', parseTrack1(ascii(raw)));
  compareParts(it, track);
  if (it.has('name')) same('the name', track.name, it.text('name').trimEnd());
  if (it.has('format')) same('the format', 'B', it.text('format'));
  // The spaces that fill the name up on the stripe are not part of it.
  const [, stripeName = ''] = raw.split('^');
  if (!raw.startsWith('%') || stripeName === stripeName.trimEnd())
    sameTrack(
      raw.startsWith('%') ? encodeTrack1Stripe(track) : encodeTrack1(track),
      raw.replace(`^${stripeName}^`, `^${stripeName.trimEnd()}^`),
    );
}

function checkTrack2(it: Values): undefined {
  for (const name of ['raw', 'alt'].filter((spelling) => it.has(spelling))) {
    const raw = it.text(name);
    const { track } = parsed('the track', parseTrack2(ascii(raw)));
    compareParts(it, track);
    sameTrack(
      raw.startsWith(';') ? encodeTrack2Stripe(track) : encodeTrack2(track, raw.includes('D') ? 'D' : '='),
      raw,
    );
  }
  if (!it.has('tag57')) return;
  const { track } = parsed('the value of tag 57', parseTag57(it.hex('tag57')));
  compareParts(it, track);
  same('tag 57 written again', encodeTag57(track), it.hex('tag57'));
}

/** The check character after the end sentinel may be missing. */
function sameTrack(again: Uint8Array, raw: string): void {
  const text = Buffer.from(again).toString('latin1');
  same('what is written again', raw.endsWith('?') ? text.slice(0, raw.length) : text, raw);
}

/** An empty text stands for a part that the track does not have. */
function compareParts(it: Values, track: Track1 | Track2): void {
  if (it.has('pan')) same('the number', track.pan, it.text('pan'));
  if (it.has('exp')) same('the month', track.expiry ? toYymm(track.expiry) : '', it.text('exp'));
  if (it.has('svc')) same('the service code', track.serviceCode ?? '', it.text('svc'));
  if (it.has('dd')) same('the discretionary data', track.discretionary, it.text('dd'));
}

/** As the track that the list's name says, or as any. */
function readAny(it: Values, list: string): { ok: boolean } {
  if (it.has('tag57')) return parseTag57(looseHex(it.text('tag57')) ?? new Uint8Array());
  const bytes = ascii(it.text('raw'));
  const all = [
    ...(/2/.test(list) ? [] : [parseTrack1(bytes)]),
    ...(/1/.test(list) ? [] : [parseTrack2(bytes)]),
  ];
  return { ok: all.some(({ ok }) => ok) };
}
