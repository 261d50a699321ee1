/**
 * Changes of inputs, in the manner of AFL's havoc stage: bits, numbers, blocks, pieces of other inputs, words of a
 * dictionary; and two that know a little of structure: a length byte that is changed together with what it counts, and
 * a run of digits that is replaced by another number.
 */
import { must } from '@holdfast/base';
import type { Seeded } from '../support/seeded.ts';

/** What the changes draw from. */
export type MutationSource = {
  random: Seeded;
  dictionary: readonly Uint8Array[];
  /** Another input, to splice with. */
  other: () => Uint8Array;
};

/** An input in the making: its bytes are the first `length` of `bytes`, which is as long as an input may be. */
export type Draft = { readonly bytes: Uint8Array; length: number };

type Change = (draft: Draft, source: MutationSource) => void;

const STACK_BITS_MAX = 4;
const BLOCK_MAX = 64;
const ARITHMETIC_MAX = 35;
const INTERESTING_8 = [
  0, 1, 2, 3, 4, 7, 8, 9, 10, 13, 15, 16, 32, 64, 100, 127, 128, 129, 130, 131, 132, 254, 255,
];
const INTERESTING_16 = [0, 1, 127, 128, 255, 256, 512, 999, 1000, 4095, 4096, 9999, 32_767, 32_768, 65_535];
const NUMBERS = ['0', '1', '9', '00', '99', '000', '128', '255', '256', '999', '9999', '65536', '4294967296'];
const ZERO = 0x30;

/** Fills `draft` with a changed copy of `parent`. */
export function mutate(draft: Draft, parent: Uint8Array, source: MutationSource): void {
  const { random } = source;
  draft.length = Math.min(parent.length, draft.bytes.length);
  draft.bytes.set(parent.subarray(0, draft.length));
  const times = 1 << random.int(0, STACK_BITS_MAX);
  if (random.chance(0.1)) splice(draft, source);
  for (let time = 0; time < times; time += 1) {
    const change = must(CHANGES[random.int(0, CHANGES.length - 1)], 'a change is drawn');
    change(draft, source);
  }
}

const flipBit: Change = (draft, { random }) => {
  const at = indexIn(draft, random);
  draft.bytes[at] = byteAt(draft, at) ^ (1 << random.int(0, 7));
};

const setInteresting: Change = (draft, { random }) => {
  draft.bytes[indexIn(draft, random)] = random.pick(INTERESTING_8);
};

const setRandom: Change = (draft, { random }) => {
  draft.bytes[indexIn(draft, random)] = random.int(0, 255);
};

const setPrintable: Change = (draft, { random }) => {
  draft.bytes[indexIn(draft, random)] = random.int(0x20, 0x7e);
};

const add8: Change = (draft, { random }) => {
  const at = indexIn(draft, random);
  draft.bytes[at] = byteAt(draft, at) + random.int(-ARITHMETIC_MAX, ARITHMETIC_MAX);
};

const add16: Change = (draft, { random }) => {
  if (draft.length < 2) return;
  const at = random.int(0, draft.length - 2);
  const isBig = random.chance(0.5);
  const [high, low] = isBig ? [at, at + 1] : [at + 1, at];
  const value = byteAt(draft, high) * 256 + byteAt(draft, low) + random.int(-ARITHMETIC_MAX, ARITHMETIC_MAX);
  draft.bytes[high] = value >> 8;
  draft.bytes[low] = value;
};

const setInteresting16: Change = (draft, { random }) => {
  if (draft.length < 2) return;
  const at = random.int(0, draft.length - 2);
  const value = random.pick(INTERESTING_16);
  const isBig = random.chance(0.5);
  draft.bytes[at] = isBig ? value >> 8 : value;
  draft.bytes[at + 1] = isBig ? value : value >> 8;
};

const removeBlock: Change = (draft, { random }) => {
  const { at, length } = blockIn(draft, random);
  remove(draft, at, length);
};

const doubleBlock: Change = (draft, { random }) => {
  const { at, length } = blockIn(draft, random);
  insert(draft, random.int(0, draft.length), draft.bytes.slice(at, at + length));
};

const copyBlock: Change = (draft, { random }) => {
  const { at, length } = blockIn(draft, random);
  if (length > 0) overwrite(draft, random.int(0, draft.length - 1), draft.bytes.slice(at, at + length));
};

const insertBytes: Change = (draft, { random }) => {
  const length = random.int(1, random.chance(0.8) ? 4 : BLOCK_MAX);
  const block = random.chance(0.5) ? random.bytes(length) : new Uint8Array(length).fill(random.int(0, 255));
  insert(draft, random.int(0, draft.length), block);
};

const truncate: Change = (draft, { random }) => {
  draft.length = random.int(0, draft.length);
};

const insertWord: Change = (draft, { random, dictionary }) => {
  if (dictionary.length > 0) insert(draft, random.int(0, draft.length), random.pick(dictionary));
};

const overwriteWord: Change = (draft, { random, dictionary }) => {
  if (dictionary.length > 0 && draft.length > 0)
    overwrite(draft, random.int(0, draft.length - 1), random.pick(dictionary));
};

/** Adds or removes bytes behind a byte, and makes that byte count them: lengths stay right more often than by chance. */
const changeCounted: Change = (draft, { random }) => {
  if (draft.length < 2) return;
  const at = random.int(0, draft.length - 2);
  const count = random.int(1, 4);
  if (random.chance(0.5) && byteAt(draft, at) >= count && at + count < draft.length) {
    remove(draft, at + 1, count);
    draft.bytes[at] = byteAt(draft, at) - count;
  } else {
    insert(draft, at + 1, random.bytes(count));
    draft.bytes[at] = byteAt(draft, at) + count;
  }
};

const replaceNumber: Change = (draft, { random }) => {
  let at = indexIn(draft, random);
  while (at < draft.length && !isDigit(byteAt(draft, at))) at += 1;
  let end = at;
  while (end < draft.length && isDigit(byteAt(draft, end))) end += 1;
  if (at === end) return;
  remove(draft, at, end - at);
  insert(
    draft,
    at,
    Uint8Array.from(random.pick(NUMBERS), (digit) => digit.charCodeAt(0)),
  );
};

const splice: Change = (draft, { random, other }) => {
  const piece = other();
  if (piece.length === 0) return;
  const from = random.int(0, piece.length - 1);
  draft.length = random.int(0, draft.length);
  insert(draft, draft.length, piece.subarray(from));
};

const insertPiece: Change = (draft, { random, other }) => {
  const piece = other();
  const from = random.int(0, piece.length);
  const length = Math.min(piece.length - from, random.int(1, BLOCK_MAX));
  insert(draft, random.int(0, draft.length), piece.subarray(from, from + length));
};

/** Each as likely as another; what is worth more stands twice. */
const CHANGES: readonly Change[] = [
  flipBit,
  flipBit,
  setInteresting,
  setRandom,
  setRandom,
  setPrintable,
  add8,
  add16,
  setInteresting16,
  removeBlock,
  removeBlock,
  doubleBlock,
  copyBlock,
  insertBytes,
  truncate,
  insertWord,
  insertWord,
  overwriteWord,
  changeCounted,
  replaceNumber,
  insertPiece,
];

function indexIn(draft: Draft, random: Seeded): number {
  if (draft.length === 0 && draft.bytes.length > 0) {
    draft.length = 1;
    draft.bytes[0] = 0;
  }
  return random.int(0, draft.length - 1);
}

function byteAt(draft: Draft, at: number): number {
  return draft.bytes[at] ?? 0;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

function blockIn(draft: Draft, random: Seeded): { at: number; length: number } {
  if (draft.length === 0) return { at: 0, length: 0 };
  const length = random.int(1, Math.min(draft.length, random.chance(0.7) ? 8 : BLOCK_MAX));
  return { at: random.int(0, draft.length - length), length };
}

function remove(draft: Draft, at: number, length: number): void {
  draft.bytes.copyWithin(at, at + length, draft.length);
  draft.length -= length;
}

/** Inserts as much of the block as the draft has room for. */
function insert(draft: Draft, at: number, block: Uint8Array): void {
  const length = Math.min(block.length, draft.bytes.length - draft.length);
  draft.bytes.copyWithin(at + length, at, draft.length);
  draft.bytes.set(block.subarray(0, length), at);
  draft.length += length;
}

function overwrite(draft: Draft, at: number, block: Uint8Array): void {
  const length = Math.min(block.length, draft.bytes.length - at);
  draft.bytes.set(block.subarray(0, length), at);
  draft.length = Math.max(draft.length, at + length);
}
