/** What is looked for, against encoders that know nothing of it. */
import { CardData, maskPan, truncatePan } from '@holdfast/cards';
import { expect, it } from 'vitest';
import { seeded } from '../../support/seeded.ts';
import { indexNeedles } from './needle-index.ts';
import { needlesOf, type Secrets, tailOf } from './needles.ts';
import { drawCard, drawSamples, secretsOf } from './samples.ts';

const SEED = 20_260_502;

const find = (bytes: Uint8Array, secrets: Secrets) => indexNeedles(needlesOf(secrets, 'it')).find(bytes);
/** What cannot hide in a stream; those are the haystack's. */
const OPEN = drawSamples(seeded(SEED)).filter(({ name }) => !/gzip|zlib/.test(name));

it.each(OPEN)('$name is found, wherever it lies', ({ secrets, bytes }) => {
  const random = seeded(SEED);
  for (const before of [0, 1, 2, 3, 257]) {
    const around = (count: number) => Buffer.from(random.bytes(count));
    const offset = before;
    const hay = Buffer.concat([around(before), bytes, around(5)]);
    const found = find(hay, secrets);
    expect(found.length).toBeGreaterThan(0);
    for (const hit of found) {
      expect(hit.offset).toBeGreaterThanOrEqual(offset - 1);
      expect(hit.offset).toBeLessThan(offset + bytes.length);
    }
  }
});

it.each(OPEN)('$name is not found once a digit of it has changed', ({ secrets, bytes }) => {
  const other = (digits: string) =>
    digits.replace(/\d{2}$/, (last) => String(99 - Number(last)).padStart(2, '0'));
  const changed = {
    numbers: secrets.numbers.map(other),
    tracks: secrets.tracks.map((track) => track.replace(tailOf(track), other)),
    pins: secrets.pins.map(other),
  };
  expect(find(bytes, secrets).length).toBeGreaterThan(0);
  expect(find(bytes, changed)).toEqual([]);
});

it('numbers of 12 to 19 digits are found packed, with any padding, and in base64 at each place', () => {
  const random = seeded(SEED);
  for (let length = 12; length <= 19; length += 1) {
    const number = Array.from({ length }, () => random.int(1, 9)).join('');
    const secrets = { numbers: [number], tracks: [], pins: [] };
    for (const before of ['', 'a', 'ab', 'abc', 'abcd', 'abcde']) {
      for (const pad of ['f', '0', 'd']) {
        const hex = `${before}${number}${pad}${pad.repeat((before.length + length + 1) % 2)}`;
        const bytes = Buffer.from(hex, 'hex');
        for (const hay of [
          bytes,
          Buffer.from(bytes.toString('base64')),
          Buffer.from(bytes.toString('base64url')),
        ])
          expect(find(hay, secrets), `${length} digits after ${before}`).toHaveLength(1);
      }
    }
  }
});

it('bytes that became JSON are found in a text of JSON, and in a text of that', () => {
  const secrets = secretsOf(drawCard(seeded(SEED)));
  const bytes = Uint8Array.from(Buffer.from(secrets.numbers[0] ?? ''));
  let text = JSON.stringify({ bytes });
  for (let depth = 1; depth <= 5; depth += 1, text = JSON.stringify({ text }))
    expect(find(Buffer.from(text), secrets), text).toHaveLength(1);
});

it('a number of American Express is found as that company groups it', () => {
  const secrets = secretsOf(drawCard(seeded(SEED), { isAmex: true }));
  const [number = ''] = secrets.numbers;
  const grouped = `${number.slice(0, 4)} ${number.slice(4, 10)} ${number.slice(10)}`;
  expect(find(Buffer.from(grouped), secrets)).toHaveLength(1);
});

it('what a receipt shows of a number is not found', () => {
  const random = seeded(SEED);
  for (const isAmex of [false, true]) {
    const secrets = secretsOf(drawCard(random, { isAmex }));
    const digits = CardData.ofText(secrets.numbers[0] ?? '');
    const { first, last } = digits.use((bytes) => truncatePan(bytes));
    const masked = digits.use((bytes) => maskPan(bytes));
    const text = `${masked} ${first}${last} ${JSON.stringify({ first, last })} ************${last}`;
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(text, 'utf16le'),
      Buffer.from(`${first}${last}`, 'hex'),
    ])
      expect(find(bytes, secrets)).toEqual([]);
  }
});

it('of random bytes nothing is found', () => {
  const random = seeded(SEED);
  const secrets = secretsOf(drawCard(random));
  expect(find(random.bytes(3_000_000), secrets)).toEqual([]);
});

it('the name of a needle does not give its secret away', () => {
  const { numbers, tracks, pins } = secretsOf(drawCard(seeded(SEED)));
  const whole = [...numbers, ...tracks.map(tailOf), ...pins];
  for (const { secret, encoding } of needlesOf({ numbers, tracks, pins }, 'till 1'))
    for (const each of whole) expect(`${secret} ${encoding}`).not.toContain(each);
});

it('digits that are found by chance are refused', () => {
  expect(() => needlesOf({ numbers: [], tracks: [], pins: ['1234'] }, 'it')).toThrow('enough digits');
});
