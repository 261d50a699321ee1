/** From what a model answers to what a step keeps. */
import { must } from '@holdfast/base';
import type { InferenceStep } from './steps.ts';

/** Numbers are rounded to {@link DIGITS} decimals, which is what a float32 carries. */
export type Score = {
  /** With `argmax` the largest number, else that of the last label: the one that is asked for. */
  score: number;
  /** With `argmax` the label of the largest number; with `threshold` the last label if its score reaches it, else the first. */
  label?: string;
  /** One for each label. */
  probabilities: number[];
};

export type ScoreRule = Pick<InferenceStep, 'postprocess' | 'threshold'>;

const DIGITS = 6;
const UNIT = 10 ** DIGITS;
/** Where probabilities part when a step names no threshold. */
const EVEN = 0.5;

/**
 * Makes a score of the numbers of a model. A single number beside two labels is the probability of the last one.
 * Returns what is wrong, for people, when there are not as many numbers as labels, or one is not finite.
 */
export function scoreOf(
  outputs: readonly number[],
  labels: readonly string[],
  rule: ScoreRule,
): Score | string {
  const [only] = outputs;
  const all = outputs.length === 1 && labels.length === 2 && only !== undefined ? [1 - only, only] : outputs;
  if (all.length !== labels.length)
    return `the model answers ${outputs.length} numbers, and has ${labels.length} labels`;
  if (!all.every(Number.isFinite)) return 'the model answers what is not a number';
  const probabilities = (rule.postprocess === 'softmax' ? softmax(all) : all).map(round);
  const last = must(probabilities.at(-1), 'a model has labels');
  if (rule.postprocess === 'argmax') {
    const best = Math.max(...probabilities);
    const label = must(labels[probabilities.indexOf(best)], 'each number has a label');
    return { score: best, label, probabilities };
  }
  if (rule.postprocess !== 'threshold') return { score: last, probabilities };
  const label = must(labels.at(last >= (rule.threshold ?? EVEN) ? -1 : 0), 'a model has labels');
  return { score: last, label, probabilities };
}

/** The largest is taken away first: exponents of large numbers have no value. */
function softmax(values: readonly number[]): number[] {
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** Without a negative zero, which JSON does not keep. */
function round(value: number): number {
  return Math.round(value * UNIT) / UNIT + 0;
}
