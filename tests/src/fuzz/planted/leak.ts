/** A target with a planted defect: it keeps something of every input. */
import type { FuzzTarget } from '../target.ts';

const kept: string[][] = [];

export const target: FuzzTarget = {
  name: 'planted-leak',
  bytesMax: 64,
  dictionary: [],
  seeds: [new Uint8Array(8)],
  run(input) {
    kept.push(Array.from(input, String));
    return 'read';
  },
};
