import { describe, expect, it } from 'vitest';
import { type ScoreRule, scoreOf } from './scores.ts';

const TWO = ['genuine', 'fraud'];
const THREE = ['low', 'middle', 'high'];
const rule = (postprocess: ScoreRule['postprocess'], threshold: number | null = null) => ({
  postprocess,
  threshold,
});

describe('a score', () => {
  it('is the number of the last label, as it is', () => {
    expect(scoreOf([0.3, 0.7], TWO, rule('none'))).toEqual({ score: 0.7, probabilities: [0.3, 0.7] });
  });

  it('is the label that the threshold gives, from the threshold on', () => {
    expect(scoreOf([0.3, 0.7], TWO, rule('threshold', 0.7))).toMatchObject({ score: 0.7, label: 'fraud' });
    expect(scoreOf([0.3, 0.7], TWO, rule('threshold', 0.700001))).toMatchObject({ label: 'genuine' });
    expect(scoreOf([0.5, 0.5], TWO, rule('threshold'))).toMatchObject({ label: 'fraud' });
  });

  it('is the largest number with its label, the first of equal ones', () => {
    expect(scoreOf([1, 9, 3], THREE, rule('argmax'))).toEqual({
      ...{ score: 9, label: 'middle', probabilities: [1, 9, 3] },
    });
    expect(scoreOf([2, 2, 1], THREE, rule('argmax'))).toMatchObject({ label: 'low' });
  });

  it('is made of large numbers as of small ones', () => {
    const expected = { score: 0.731059, probabilities: [0.268941, 0.731059] };
    expect(scoreOf([0, 1], TWO, rule('softmax'))).toEqual(expected);
    expect(scoreOf([1e6, 1e6 + 1], TWO, rule('softmax'))).toEqual(expected);
  });

  it('of a single number is that of the last of two labels', () => {
    expect(scoreOf([0.25], TWO, rule('none'))).toEqual({ score: 0.25, probabilities: [0.75, 0.25] });
    expect(scoreOf([42], ['demand'], rule('none'))).toEqual({ score: 42, probabilities: [42] });
  });

  it('has six decimals, and no negative zero', () => {
    const score = scoreOf([-1e-9, Math.fround(0.1)], TWO, rule('none'));
    expect(JSON.stringify(score)).toBe('{"score":0.1,"probabilities":[0,0.1]}');
    expect(score).toMatchObject({ probabilities: [0, 0.1] });
  });

  it('is refused when labels and numbers do not fit', () => {
    expect(scoreOf([1, 2], THREE, rule('none'))).toBe('the model answers 2 numbers, and has 3 labels');
    expect(scoreOf([1], THREE, rule('none'))).toBe('the model answers 1 numbers, and has 3 labels');
    expect(scoreOf([1, Number.NaN], TWO, rule('none'))).toBe('the model answers what is not a number');
  });
});
