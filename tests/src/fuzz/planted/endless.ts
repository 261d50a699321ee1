/** A target with a planted defect: it does not end when a length of zero follows a marker. */
import type { FuzzTarget } from '../target.ts';

const MARKER = 0x80;

function parse(input: Uint8Array): string {
  let objects = 0;
  for (let at = 0; at < input.length; objects += 1) {
    const byte = input[at] ?? 0;
    at += byte >= MARKER ? (input[at + 1] ?? 1) : 1;
  }
  return String(objects);
}

export const target: FuzzTarget = {
  name: 'planted-endless',
  bytesMax: 64,
  dictionary: [],
  seeds: [new Uint8Array(8)],
  run: parse,
};
