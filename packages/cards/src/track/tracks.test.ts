import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CardData } from '../card-data.ts';
import { fromHex, toHex } from '../encoding/hex.ts';
import { toYymm } from '../pan/expiry.ts';
import { encodeTrack1, encodeTrack1Stripe, parseTrack1, type Track1 } from './track1.ts';
import {
  encodeTag57,
  encodeTrack2,
  encodeTrack2Stripe,
  parseTag57,
  parseTrack2,
  type Track2,
} from './track2.ts';

const VECTORS = new URL('../../../../docs/vectors/payments/tracks.json', import.meta.url);
const { tracks } = JSON.parse(readFileSync(VECTORS, 'utf8'));
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: CardData | undefined) => data?.use((inner) => new TextDecoder().decode(inner));

function partsOf(track: Track2 | Track1) {
  return {
    pan: text(track.pan),
    exp: track.expiry && toYymm(track.expiry),
    svc: track.serviceCode,
    dd: text(track.discretionary),
    ...('name' in track && { name: text(track.name) }),
  };
}

function read1(raw: string) {
  const result = parseTrack1(bytes(raw));
  return result.ok ? partsOf(result.track) : result.reason;
}

function read2(raw: string) {
  const result = parseTrack2(bytes(raw));
  return result.ok ? partsOf(result.track) : result.reason;
}

test('the published tracks are read', () => {
  const { raw, alt, ...parts } = tracks.track2;
  expect(read2(raw)).toEqual(parts);
  expect(read2(alt)).toEqual(parts);
  expect(read1(tracks.track1.raw)).toEqual({
    pan: tracks.track1.pan,
    exp: tracks.track1.exp,
    svc: tracks.track1.svc,
    name: tracks.track1.name,
    dd: '0000000000000**XXX******',
  });
});

test('a separator may stand for the month and for the service code', () => {
  expect(read1('B4815881002861896^YATES/EUGENE L            ^^^356858      00998000000')).toEqual({
    pan: '4815881002861896',
    exp: undefined,
    svc: undefined,
    name: 'YATES/EUGENE L',
    dd: '356858      00998000000',
  });
  expect(read2('4000340000000506===123')).toMatchObject({ exp: undefined, svc: undefined, dd: '123' });
  expect(read2('4000340000000506=2512=123')).toMatchObject({ exp: '2512', svc: undefined, dd: '123' });
  expect(read2('4000340000000506==201')).toMatchObject({ exp: undefined, svc: '201', dd: '' });
});

test('sentinels may stand around a track, with a right check character behind them', () => {
  const track = parseTrack2(bytes(tracks.track2.raw));
  const stripe = track.ok ? new TextDecoder().decode(encodeTrack2Stripe(track.track)) : '';
  expect(stripe).toMatch(/^;4000340000000506=2512111123400001230\?[0-?]$/);
  expect(read2(stripe)).toMatchObject({ pan: '4000340000000506' });
  expect(read2(stripe.slice(0, -1))).toMatchObject({ pan: '4000340000000506' });
  const wrong = String.fromCharCode(stripe.charCodeAt(stripe.length - 1) ^ 1);
  expect(read2(stripe.slice(0, -1) + wrong)).toBe('lrc');
  expect(read2(`${stripe}0`)).toBe('sentinel');
  expect(read2(stripe.slice(0, -2))).toBe('sentinel');
  expect(read2(`${tracks.track2.raw}?`)).toBe('sentinel');
});

test('the check characters are those of a stripe computed by hand', () => {
  // ';' B, '1' to '8', '=' D, '2512' and '101', '?' F: their exclusive or is 5.
  const track = parseTrack2(bytes('12345678=2512101'));
  expect(track.ok && new TextDecoder().decode(encodeTrack2Stripe(track.track))).toBe(';12345678=2512101?5');
});

test('one changed digit of a track with a check character is seen', () => {
  for (const [stripe, parse] of [
    [stripe1(), parseTrack1],
    [stripe2(), parseTrack2],
  ] as const) {
    expect(parse(stripe).ok).toBe(true);
    for (let index = 0; index < stripe.length; index += 1) {
      const changed = stripe.with(index, (stripe[index] ?? 0) ^ 1);
      expect(parse(changed).ok, `character ${index}`).toBe(false);
    }
  }
});

test('what is no track 2 is refused with the part that is wrong', () => {
  expect(read2('')).toBe('separator');
  expect(read2('4000340000000506')).toBe('separator');
  expect(read2('1234567=2512101')).toBe('pan');
  expect(read2('40003400000005061234=2512101')).toBe('pan');
  expect(read2('400034000000050X=2512101')).toBe('pan');
  expect(read2('4000340000000506=2513101')).toBe('expiry');
  expect(read2('4000340000000506=25')).toBe('expiry');
  expect(read2('4000340000000506=251210')).toBe('service_code');
  expect(read2('4000340000000506=2512XXX')).toBe('service_code');
  expect(read2('4000340000000506=25121010XX')).toBe('character');
  expect(read2('4000340000000506=25121010=1')).toBe('character');
  expect(read2(`4000340000000506=2512101${'0'.repeat(13)}`)).toMatchObject({ dd: '0'.repeat(13) });
  expect(read2(`4000340000000506=2512101${'0'.repeat(14)}`)).toBe('too_long');
  expect(read2('0'.repeat(41))).toBe('too_long');
});

test('what is no track 1 is refused with the part that is wrong', () => {
  const tail = '^25121010000';
  expect(read1('')).toBe('format_code');
  expect(read1(`A1234567890123445^PADILLA/L.${tail}`)).toBe('format_code');
  expect(read1('B1234567890123445')).toBe('separator');
  expect(read1('B1234567890123445^PADILLA/L.')).toBe('separator');
  expect(read1(`B1234567^PADILLA/L.${tail}`)).toBe('pan');
  expect(read1(`B1234567890123445^P${tail}`)).toBe('name');
  expect(read1(`B1234567890123445^${'P'.repeat(27)}${tail}`)).toBe('name');
  expect(read1(`B1234567890123445^${'P'.repeat(26)}${tail}`)).toMatchObject({ name: 'P'.repeat(26) });
  expect(read1('B1234567890123445^PADILLA/L.^9913')).toBe('expiry');
  expect(read1('B1234567890123445^PADILLA/L.^990112')).toBe('service_code');
  expect(read1('B1234567890123445^PADILLA/L.^9901120^1')).toBe('separator');
  expect(read1('B1234567890123445^padilla/l.^9901120')).toBe('character');
  expect(read1('B1234567890123445^PADILLA%L.^9901120')).toBe('character');
  expect(read1(`B1234567890123445^PADILLA/L.^9901120${'0'.repeat(41)}`)).toBe('too_long');
  expect(read1('0'.repeat(80))).toBe('too_long');
});

test('tag 57 is the track in half bytes', () => {
  const result = parseTag57(fromHex('4761739001010119D22122011143800000011F'));
  expect(result.ok && partsOf(result.track)).toEqual({
    pan: '4761739001010119',
    exp: '2212',
    svc: '201',
    dd: '1143800000011',
  });
  expect(result.ok && toHex(encodeTag57(result.track))).toBe('4761739001010119D22122011143800000011F');
  expect(result.ok && new TextDecoder().decode(encodeTrack2(result.track, 'D'))).toBe(
    '4761739001010119D22122011143800000011',
  );
});

test('a tag 57 that is none is refused', () => {
  const reason = (hex: string) => {
    const result = parseTag57(fromHex(hex));
    return result.ok ? 'parsed' : result.reason;
  };
  expect(reason('')).toBe('separator');
  expect(reason('4761739001010119D2212201FF')).toBe('character');
  expect(reason('47617390F1010119D2212201')).toBe('character');
  expect(reason('4761739001010119E2212201')).toBe('character');
  expect(reason('4761739001010119D2213201')).toBe('expiry');
  expect(reason('11'.repeat(20))).toBe('too_long');
});

const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`));
const common = {
  pan: digits(8, 19).map((value) => CardData.ofText(value)),
  expiry: fc.record({ year: fc.integer({ min: 1950, max: 2049 }), month: fc.integer({ min: 1, max: 12 }) }),
  serviceCode: digits(3, 3),
};
const track2s = fc.record(
  { ...common, discretionary: digits(0, 10).map(CardData.ofText) },
  { requiredKeys: ['pan', 'discretionary'] },
);
const track1s = fc.record(
  {
    ...common,
    name: fc.stringMatching(/^[A-Z/.-]{2,26}$/).map(CardData.ofText),
    discretionary: fc.stringMatching(/^[0-9A-Z *]{0,19}$/).map(CardData.ofText),
  },
  { requiredKeys: ['pan', 'name', 'discretionary'] },
);

test('tracks come back from all of their forms, and a stripe that breaks off is refused', () => {
  fc.assert(
    fc.property(track2s, track1s, (track2, track1) => {
      expect(again(parseTrack2(encodeTrack2(track2)))).toEqual(partsOf(track2));
      expect(again(parseTrack2(encodeTrack2(track2, 'D')))).toEqual(partsOf(track2));
      expect(again(parseTrack2(encodeTrack2Stripe(track2)))).toEqual(partsOf(track2));
      expect(again(parseTag57(encodeTag57(track2)))).toEqual(partsOf(track2));
      expect(again(parseTrack1(encodeTrack1(track1)))).toEqual(partsOf(track1));
      expect(again(parseTrack1(encodeTrack1Stripe(track1)))).toEqual(partsOf(track1));
      const stripe = encodeTrack2Stripe(track2);
      for (let length = 1; length < stripe.length - 1; length += 1) {
        expect(parseTrack2(stripe.subarray(0, length)).ok).toBe(false);
      }
    }),
  );
});

test('what was read from stays as it was, a Buffer too', () => {
  const first = Buffer.from('%B4000340000000506^CARD/TEST   ^25121011234000?');
  const second = Buffer.from(';4000340000000506=25121011234?');
  const before = [first, second].map(String);
  expect([parseTrack1(first).ok, parseTrack2(second).ok]).toEqual([true, true]);
  expect([first, second].map(String)).toEqual(before);
});

test('nothing that arrives makes a parser throw', () => {
  const near = fc.stringMatching(/^[;%]?[0-9B=D^?/ ]{0,90}$/).map(bytes);
  fc.assert(
    fc.property(fc.oneof(near, fc.uint8Array({ maxLength: 90 })), (noise) => {
      for (const parse of [parseTrack1, parseTrack2, parseTag57]) {
        expect(typeof parse(noise).ok).toBe('boolean');
      }
    }),
  );
});

function again(result: ReturnType<typeof parseTrack2> | ReturnType<typeof parseTrack1>) {
  return result.ok ? partsOf(result.track) : result.reason;
}

function stripe2(): Uint8Array {
  const track = parseTrack2(bytes(tracks.track2.raw));
  return track.ok ? encodeTrack2Stripe(track.track) : new Uint8Array();
}

function stripe1(): Uint8Array {
  const track = parseTrack1(bytes(tracks.track1.raw));
  return track.ok ? encodeTrack1Stripe(track.track) : new Uint8Array();
}
