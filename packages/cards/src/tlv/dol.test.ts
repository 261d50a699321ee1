import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { buildDolData, chooseTdol, DOL_BYTES_MAX, dolDataLength, parseDol, parseTagList } from './dol.ts';
import { EMV_TAGS } from './tags.ts';

const entriesOf = (hex: string) => {
  const result = parseDol(fromHex(hex));
  expect(result.ok).toBe(true);
  return result.ok ? result.entries : [];
};
const built = (dol: string, values: Record<string, string>) =>
  toHex(
    buildDolData(entriesOf(dol), (tag) => (values[tag] === undefined ? undefined : fromHex(values[tag]))),
  );

test('a list of a card is read, duplicates among its entries', () => {
  expect(entriesOf('9F02069F37045A0A9C019C01')).toEqual([
    { tag: '9F02', length: 6 },
    { tag: '9F37', length: 4 },
    { tag: '5A', length: 10 },
    { tag: '9C', length: 1 },
    { tag: '9C', length: 1 },
  ]);
  expect(dolDataLength(entriesOf('9F02069F3704'))).toBe(10);
  expect(entriesOf('')).toEqual([]);
});

test('values of the right length stand one after the other', () => {
  expect(
    built('9F02069F1A0295059A039C019F3704', {
      '9F02': '000000012345',
      '9F1A': '0752',
      '95': '8000000000',
      '9A': '261120',
      '9C': '00',
      '9F37': '11223344',
    }),
  ).toBe('00000001234507528000000000261120 0011223344'.replace(' ', ''));
});

test('what is unknown, absent or a template is answered by zeros', () => {
  expect(built('9F3704DF7F02E003', { DF7F: 'AABB', E0: '9C01FF' })).toBe('00000000AABB000000');
  expect(built('9F3704', {})).toBe('00000000');
});

test('format n is cut and filled on the left', () => {
  expect(built('9F0204', { '9F02': '112233445566' })).toBe('33445566');
  expect(built('9F0208', { '9F02': '112233445566' })).toBe('0000112233445566');
});

test('format cn is cut on the right and filled with F on the right', () => {
  expect(built('5A04', { '5A': '4761739001010119' })).toBe('47617390');
  expect(built('5A0A', { '5A': '4761739001010119' })).toBe('4761739001010119FFFF');
});

test('every other format is cut and filled with zeros on the right', () => {
  expect(built('9F3702', { '9F37': '11223344' })).toBe('1122');
  expect(built('9F3706', { '9F37': '11223344' })).toBe('112233440000');
  expect(built('500A', { '50': '56495341' })).toBe('56495341000000000000');
  expect(built('DF7F03', { DF7F: 'AA' })).toBe('AA0000');
  expect(built('9F3700', { '9F37': '11223344' })).toBe('');
});

test('the terminal chooses the list of the card, its own, or one without tags', () => {
  const [card, own] = [fromHex('9F0206'), fromHex('9F3704')];
  expect(chooseTdol(card, own)).toEqual({ tdol: card, isDefault: false });
  expect(chooseTdol(undefined, own)).toEqual({ tdol: own, isDefault: true });
  expect(chooseTdol(undefined, undefined)).toEqual({ tdol: new Uint8Array(), isDefault: true });
});

test('a truncated, padded or endless list is refused', () => {
  for (const [hex, reason] of [
    ['9F', 'tag_truncated'],
    ['9F02', 'length_truncated'],
    ['9F020600', 'tag_invalid'],
    ['9F8181810104', 'tag_too_long'],
    ['9C01'.repeat(DOL_BYTES_MAX), 'too_long'],
  ] as const) {
    expect(parseDol(fromHex(hex))).toMatchObject({ ok: false, reason });
  }
});

test('a list of tags has no lengths', () => {
  expect(parseTagList(fromHex('82'))).toEqual({ ok: true, tags: ['82'] });
  expect(parseTagList(fromHex('829F26DF8129'))).toEqual({ ok: true, tags: ['82', '9F26', 'DF8129'] });
  expect(parseTagList(fromHex('829F'))).toMatchObject({ ok: false, reason: 'tag_truncated', offset: 2 });
  expect(parseTagList(fromHex('8200'))).toMatchObject({ ok: false, reason: 'tag_invalid', offset: 1 });
  expect(parseTagList(new Uint8Array(256).fill(0x82))).toMatchObject({ ok: false, reason: 'too_long' });
});

test('the data has the length of the list, whatever the values are', () => {
  const entry = fc.record({ tag: fc.constantFrom(...EMV_TAGS.map(({ tag }) => tag)), length: fc.nat(30) });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 20 }), fc.uint8Array({ maxLength: 40 }), (wishes, value) => {
      const dol = wishes.map(({ tag, length }) => tag + toHex(Uint8Array.of(length))).join('');
      expect(entriesOf(dol)).toEqual(wishes);
      expect(buildDolData(wishes, () => value)).toHaveLength(dolDataLength(wishes));
    }),
  );
});

test('nothing that arrives makes the parser throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(typeof parseDol(bytes).ok).toBe('boolean');
      expect(typeof parseTagList(bytes).ok).toBe('boolean');
    }),
  );
});
