/** Tracks 1 and 2 of magnetic stripes: their parts, and the characters that come back out of them. */

import { encodeTrack1, encodeTrack2, parseTrack1, parseTrack2, toYymm } from '@holdfast/cards';
import { ascii, parsed, same, type Values } from '../case-values.ts';
import { caseOf, type Section } from '../section.ts';

type Read = ReturnType<typeof parseTrack2> & { ok: true };

export const tracks: Section = (section) => [
  ...caseOf(section, 'track1', (it) => {
    const raw = it.text('raw');
    const { track } = parsed('the track', parseTrack1(ascii(raw)));
    compareParts(it, track);
    same('the name', track.name, it.text('name'));
    // The spaces that fill the name up on the stripe are not part of it.
    const [, stripeName = ''] = raw.split('^');
    const again = Buffer.from(encodeTrack1(track)).toString('latin1');
    same('what is written again', again, raw.replace(`^${stripeName}^`, `^${stripeName.trimEnd()}^`));
  }),
  ...caseOf(section, 'track2', (it) => {
    for (const name of ['raw', 'alt'].filter((spelling) => it.has(spelling))) {
      const raw = it.text(name);
      const { track } = parsed('the track', parseTrack2(ascii(raw)));
      compareParts(it, track);
      same('what is written again', encodeTrack2(track, raw.includes('D') ? 'D' : '='), ascii(raw));
    }
  }),
];

function compareParts(it: Values, track: Read['track']): void {
  same('the number', track.pan, it.text('pan'));
  same('the month', track.expiry && toYymm(track.expiry), it.text('exp'));
  same('the service code', track.serviceCode, it.text('svc'));
  if (it.has('dd')) same('the discretionary data', track.discretionary, it.text('dd'));
}
