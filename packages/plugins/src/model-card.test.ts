import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseModelCard } from './model-card.ts';

const GOOD = {
  sha256: 'ab'.repeat(32),
  input: 'features',
  features: [{ name: 'amount', mean: 1, scale: 2 }],
  output: 'probabilities',
  labels: ['genuine', 'fraud'],
};
const FEATURES = '"features" is not a list of {name, mean, scale} with scales above zero';

describe('a card', () => {
  it('is read with what it needs, and no more', () => {
    expect(parseModelCard(JSON.stringify({ ...GOOD, description: 'x' }))).toEqual(GOOD);
  });

  it('of the project is one', () => {
    const text = readFileSync(new URL('../../../models/fraud-score.json', import.meta.url), 'utf8');
    expect(parseModelCard(text)).toMatchObject({ input: 'features', labels: ['genuine', 'fraud'] });
  });

  it.each([
    [{ sha256: 'AB'.repeat(32) }, '"sha256" is not a SHA-256 in lower case'],
    [{ sha256: undefined }, '"sha256" is not a SHA-256 in lower case'],
    [{ input: '' }, '"input" and "output" are not names'],
    [{ output: 1 }, '"input" and "output" are not names'],
    [{ labels: [] }, '"labels" is not a list of texts'],
    [{ labels: [1] }, '"labels" is not a list of texts'],
    [{ features: [] }, FEATURES],
    [{ features: {} }, FEATURES],
    [{ features: [{ name: 'a', mean: 0, scale: 0 }] }, FEATURES],
    [{ features: [{ name: 'a', mean: 0, scale: -1 }] }, FEATURES],
    [{ features: [{ name: 'a', mean: '0', scale: 1 }] }, FEATURES],
    [{ features: [...GOOD.features, ...GOOD.features] }, 'a feature stands in it twice'],
  ])('with %j is refused', (change, why) => {
    expect(parseModelCard(JSON.stringify({ ...GOOD, ...change }))).toBe(why);
  });

  it.each(['', '{', '[]', 'null', '7'])('of the text "%s" is refused', (text) => {
    expect(parseModelCard(text)).toBe('it is not a JSON object');
  });

  it('that is too long is refused', () => {
    expect(parseModelCard(' '.repeat(1_048_577))).toBe('it is longer than 1048576 bytes');
  });
});
