/** A target with a planted defect: it throws behind three bytes that must be right one after the other. */
import type { FuzzTarget } from '../target.ts';

function parse(input: Uint8Array): string {
  if (input[0] === 0xd7) {
    if (input[1] === 0x4b) {
      if (input[2] === 0xe9) throw new RangeError('the planted defect');
      return 'two';
    }
    return 'one';
  }
  return 'none';
}

export const target: FuzzTarget = {
  name: 'planted-magic',
  bytesMax: 64,
  dictionary: [],
  seeds: [new Uint8Array(8)],
  run: parse,
};
