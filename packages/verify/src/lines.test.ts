import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf } from './lines.ts';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(bytes: Uint8Array, size: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(pieces(bytes, size))) lines.push(line);
  return lines;
}

it('splits at line feeds alone, wherever the bytes are cut', async () => {
  const line = fc.string({ unit: 'binary' }).map((text) => text.toWellFormed().replaceAll('\n', '\u2028'));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 7 }), async (lines, size) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      expect(await all(bytes, size)).toEqual(lines);
    }),
  );
  expect(await all(Buffer.from('a\nb'), 1)).toEqual(['a', 'b']);
});

it('cuts a line that is longer than any record, and reads no more', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a\n');
    for (;;) yield Buffer.from('bbb');
  }
  const lines: string[] = [];
  for await (const line of linesOf(endless(), 10)) lines.push(line);
  expect(lines).toEqual(['a', 'bbbbbbbbbb']);
});
