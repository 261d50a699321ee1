import { describe, expect, test } from 'vitest';
import {
  cardsLike,
  flagOf,
  labelParts,
  minorOf,
  numberOf,
  partOf,
  partsOf,
  textOf,
  textsOf,
} from './device-view.ts';

describe('a snapshot', () => {
  const seen = { a: 'x', b: true, c: 3, d: ['p', 4], e: { f: 'y' }, g: [{ h: 1 }, 'no', null], i: null };

  test('is read by the names and types of its values', () => {
    expect([textOf(seen, 'a'), flagOf(seen, 'b'), numberOf(seen, 'c')]).toEqual(['x', true, 3]);
    expect([textsOf(seen, 'd'), partOf(seen, 'e'), partsOf(seen, 'g')]).toEqual([
      ['p'],
      { f: 'y' },
      [{ h: 1 }],
    ]);
  });

  test('that lacks something, or has it otherwise, shows nothing of it', () => {
    expect([textOf(seen, 'c'), flagOf(seen, 'a'), numberOf(seen, 'a'), textsOf(seen, 'i')]).toEqual([
      '',
      false,
      null,
      [],
    ]);
    expect([partOf(seen, 'd'), partOf(seen, 'z'), partsOf(seen, 'e')]).toEqual([null, null, []]);
  });
});

describe('a wallet', () => {
  const cards = [
    { label: 'Visa, offline PIN 1234' },
    { label: 'Visa, expired, offline PIN 1234' },
    { label: 'Maestro' },
  ];

  test('is searched by words in any order', () => {
    expect(cardsLike(cards, 'pin VISA')).toHaveLength(2);
    expect(cardsLike(cards, ' expired ')).toEqual([cards[1]]);
    expect(cardsLike(cards, '')).toEqual(cards);
  });

  test('names cards in two lines', () => {
    expect(labelParts('Visa, expired, offline PIN 1234')).toEqual({
      name: 'Visa',
      rest: 'expired, offline PIN 1234',
    });
    expect(labelParts('Maestro')).toEqual({ name: 'Maestro', rest: '' });
  });
});

test('minor units are exact, and nothing where there is no whole number', () => {
  const seen = { a: '10000000000000001', b: '1.5', c: 5 };
  expect([minorOf(seen, 'a'), minorOf(seen, 'b'), minorOf(seen, 'c')]).toEqual([10000000000000001n, 0n, 0n]);
});
