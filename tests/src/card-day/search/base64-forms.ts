/**
 * Bytes, and half bytes, as they look within a longer text of base64. Three bytes are four letters, so that the same bytes
 * look different at each place of a group of three; a letter that holds bits of something else as well is no part of the
 * needle, but the bits of it that are known must be right.
 */
import type { Edge, Form } from './form.ts';

/**
 * Half bytes (hexadecimal digits) wherever they begin in a group of three bytes, in both alphabets. `starts` says in which
 * half of a byte they may begin.
 */
export function base64Forms(encoding: string, nibbles: string, starts: readonly (0 | 1)[]): Form[] {
  return starts.flatMap((start) => [0, 2, 4].flatMap((group) => base64At(encoding, nibbles, group + start)));
}

const SEXTET = 6;
const NIBBLE = 4;
/** Half bytes in a group of three bytes. */
const GROUP = 6;

function base64At(encoding: string, nibbles: string, skipped: number): Form[] {
  const used = skipped + nibbles.length;
  const hex = `${'0'.repeat(skipped)}${nibbles}`.padEnd(Math.ceil(used / GROUP) * GROUP, '0');
  const text = Buffer.from(hex, 'hex').toString('base64');
  const [from, to] = [skipped * NIBBLE, used * NIBBLE];
  const [first, end] = [Math.ceil(from / SEXTET), Math.floor(to / SEXTET)];
  const bits = (index: number) => sextetOf((text[index] ?? 'A').charCodeAt(0)) ?? 0;
  const before = from % SEXTET;
  const after = to % SEXTET;
  const edges = {
    before: before === 0 ? undefined : edge((1 << (SEXTET - before)) - 1, bits(first - 1)),
    after: after === 0 ? undefined : edge(0x3f & ~((1 << (SEXTET - after)) - 1), bits(end)),
  };
  const whole = text.slice(first, end);
  return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')].map((each) => ({
    ...{ encoding, bytes: Buffer.from(each) },
    ...edges,
  }));
}

function edge(mask: number, bits: number): Edge {
  return { of: 'base64', mask, value: bits & mask };
}

/** What a letter of base64 stands for, in either alphabet; undefined for any other byte. */
export function sextetOf(byte: number): number | undefined {
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41;
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x61 + 26;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30 + 52;
  if (byte === 0x2b || byte === 0x2d) return 62;
  return byte === 0x2f || byte === 0x5f ? 63 : undefined;
}
