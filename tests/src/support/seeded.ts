/** Randomness that a printed seed repeats: what a campaign does is a function of its seed and of the machine's timing. */
import { randomInt } from 'node:crypto';
import { must, type Random } from '@holdfast/base';

export type Seeded = Random & {
  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Another sequence, which this one determines: one for each of several users keeps them apart. */
  fork(): Seeded;
};

/** A seed for a campaign that was not given one. */
export function newSeed(): number {
  return randomInt(2 ** 31);
}

/** The sequence of a seed (splitmix32: 32 bits of state, each output used once). */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  const word = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const unit = () => word() / 2 ** 32;
  const int = (from: number, to: number) => from + Math.floor(unit() * (to - from + 1));
  return {
    unit,
    int,
    bytes: (length) => Uint8Array.from({ length }, () => word() & 0xff),
    chance: (probability) => unit() < probability,
    pick: (from) => must(from[int(0, from.length - 1)], 'there is something to pick from'),
    fork: () => seeded(word()),
  };
}
