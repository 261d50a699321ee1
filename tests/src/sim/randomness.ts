/** One generator a concern, all derived from the seed: a draw more in one of them leaves the others as they were. */
import { createHash } from 'node:crypto';
import { type Seeded, seeded } from '../support/seeded.ts';

export type RandomFor = (concern: string) => Seeded;

/** The generators of a seed; asked for the same concern twice, it gives the same sequence from its start. */
export function randomnessOf(seed: number): RandomFor {
  return (concern) => seeded(createHash('sha256').update(`${seed}/${concern}`).digest().readUInt32LE(0));
}
