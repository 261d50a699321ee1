/**
 * Looks for many needles at once. Each is entered under four of its bytes in a row; a bit table says of most places of a
 * haystack that no needle has its four bytes there, so that hundreds of megabytes take seconds.
 */
import { assert } from '@holdfast/base';
import { sextetOf } from './base64-forms.ts';
import type { Edge } from './form.ts';
import type { Needle } from './needles.ts';

/** Where a needle begins. */
export type Found = { needle: Needle; offset: number };

export type NeedleIndex = {
  /** Every place of every needle in `bytes`, in their order. */
  find(bytes: Uint8Array): Found[];
};

const WORD = 4;
const BITS = 23;
const SHIFT = 32 - BITS;
const MULTIPLIER = 0x9e3779b1;

type Entry = { needle: Needle; anchor: number };

export function indexNeedles(needles: readonly Needle[]): NeedleIndex {
  const table = new Int32Array(2 ** (BITS - 5));
  const byWord = new Map<number, Entry[]>();
  for (const needle of needles) {
    const anchor = anchorOf(needle.bytes);
    const word = wordAt(needle.bytes, anchor);
    const slot = slotOf(word);
    table[slot >>> 5] = (table[slot >>> 5] ?? 0) | (1 << (slot & 31));
    const entries = byWord.get(word);
    if (entries === undefined) byWord.set(word, [{ needle, anchor }]);
    else entries.push({ needle, anchor });
  }
  return { find: (bytes) => find(bytes, table, byWord) };
}

function find(bytes: Uint8Array, table: Int32Array, byWord: ReadonlyMap<number, Entry[]>): Found[] {
  const found: Found[] = [];
  let word = 0;
  for (let end = 0; end < bytes.length; end += 1) {
    word = (word << 8) | (bytes[end] ?? 0);
    const slot = Math.imul(word, MULTIPLIER) >>> SHIFT;
    if ((((table[slot >>> 5] ?? 0) >>> (slot & 31)) & 1) === 0) continue;
    for (const { needle, anchor } of byWord.get(word) ?? []) {
      const offset = end - (WORD - 1) - anchor;
      if (isAt(bytes, offset, needle)) found.push({ needle, offset });
    }
  }
  return found.sort((a, b) => a.offset - b.offset);
}

function slotOf(word: number): number {
  return Math.imul(word, MULTIPLIER) >>> SHIFT;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getInt32(at);
}

/** The place with the most different bytes: zeros and repeated digits are everywhere. */
function anchorOf(bytes: Uint8Array): number {
  assert(bytes.length >= WORD, 'a needle has four bytes at least');
  let best = 0;
  let most = 0;
  for (let at = 0; at + WORD <= bytes.length; at += 1) {
    const different = new Set(bytes.subarray(at, at + WORD)).size;
    if (different > most) [best, most] = [at, different];
  }
  return best;
}

function isAt(bytes: Uint8Array, offset: number, { bytes: wanted, before, after }: Needle): boolean {
  if (offset < 0 || offset + wanted.length > bytes.length) return false;
  for (let at = 0; at < wanted.length; at += 1) if (bytes[offset + at] !== wanted[at]) return false;
  return hasEdge(bytes[offset - 1], before) && hasEdge(bytes[offset + wanted.length], after);
}

function hasEdge(byte: number | undefined, edge: Edge | undefined): boolean {
  if (edge === undefined) return true;
  if (byte === undefined) return false;
  const bits = edge.of === 'byte' ? byte : sextetOf(byte);
  return bits !== undefined && (bits & edge.mask) === edge.value;
}
