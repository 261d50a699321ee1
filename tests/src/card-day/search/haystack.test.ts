/** Streams in streams, damaged ones, bombs, and how long a search takes to say that there is nothing. */
import { constants, deflateSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { seeded } from '../../support/seeded.ts';
import { describeHit, describeHits, type Piece, searchPieces } from './haystack.ts';
import { indexNeedles } from './needle-index.ts';
import { needlesOf } from './needles.ts';
import { drawCard, drawSamples, secretsOf } from './samples.ts';

const SEED = 20_260_503;
const card = drawCard(seeded(SEED));
const index = indexNeedles(needlesOf(secretsOf(card), 'it'));
const number = Buffer.from(`the number ${card.number}, in clear`);

const search = async (...parts: Uint8Array[]) =>
  await searchPieces(
    parts.map((bytes, at): Piece => ({ place: 'file', part: `part ${at}`, bytes })),
    index,
  );
const SAMPLES = drawSamples(seeded(SEED));

it.each(SAMPLES)('$name is found among other things', async ({ secrets, bytes }) => {
  const random = seeded(SEED);
  const around = () => Buffer.from(random.bytes(1_000));
  const pieces = [{ place: 'file', part: 'all', bytes: Buffer.concat([around(), bytes, around()]) }];
  const { hits, unsearched } = await searchPieces(pieces, indexNeedles(needlesOf(secrets, 'it')));
  expect(hits.length).toBeGreaterThan(0);
  expect(unsearched).toEqual([]);
});

it('a hit says where it is, in what, as what, and not what', async () => {
  const inner = Buffer.concat([Buffer.from('ab'), gzipSync(number)]);
  const { hits } = await search(Buffer.alloc(9), Buffer.concat([Buffer.alloc(300), gzipSync(inner)]));
  expect(hits.map(describeHit)).toEqual([
    `file: part 1, in gzip at 300, in gzip at 2, at 11: it: number 400012…${card.number.slice(-4)}, ASCII`,
  ]);
});

it('many hits are told in few lines', async () => {
  const { hits } = await search(number, number, Buffer.from(card.number, 'utf16le'));
  expect(describeHits(hits)).toEqual([
    `file: part 0, at 11: it: number 400012…${card.number.slice(-4)}, ASCII (2 alike)`,
    `file: part 2, at 0: it: number 400012…${card.number.slice(-4)}, UTF-16 LE (1 alike)`,
  ]);
});

it('a stream is opened to a depth of four, and what lies deeper is told', async () => {
  let nested: Buffer = number;
  for (let depth = 1; depth <= 4; depth += 1)
    nested = depth % 2 === 0 ? gzipSync(nested) : deflateSync(nested);
  const { hits, unsearched } = await search(nested);
  expect(hits[0]?.within).toEqual(['gzip at 0', 'zlib at 0', 'gzip at 0', 'zlib at 0']);
  expect(unsearched).toEqual([]);
  expect((await search(gzipSync(nested))).unsearched).toEqual([
    'file: part 0, in gzip at 0, in gzip at 0, in zlib at 0, in gzip at 0, in zlib at 0',
  ]);
});

it('a long stream, which begins with tables of its own, is opened', async () => {
  const lines = Array.from({ length: 500 }, (_, at) => `{"line":${at},"text":"${Math.sqrt(at)} of the day"}`);
  const long = Buffer.concat([Buffer.from(lines.join('\n')), number]);
  for (const stream of [gzipSync(long), deflateSync(long)]) {
    const { hits, unsearched } = await search(stream, Buffer.concat([Buffer.alloc(70_001), stream]));
    expect(hits.map(({ part }) => part)).toEqual(['part 0', 'part 1']);
    expect(unsearched).toEqual([]);
  }
});

it('a stream with a name and a sum in its header is opened', async () => {
  const plain = gzipSync(number);
  const header = Buffer.concat([
    plain.subarray(0, 10),
    Buffer.from('\x03\0abcname\0remark\0\x11\x22', 'latin1'),
  ]);
  header[3] = 0x1e;
  expect((await search(Buffer.concat([header, plain.subarray(10)]))).hits).toHaveLength(1);
});

it('a stream that is broken off or damaged is searched up to there', async () => {
  const filler = Buffer.from(seeded(SEED).bytes(20_000)).toString('hex');
  const stored = { level: constants.Z_NO_COMPRESSION };
  const stream = gzipSync(Buffer.concat([number, Buffer.from(filler)]));
  expect((await search(stream.subarray(0, 4_000))).hits).toHaveLength(1);
  const damaged = Buffer.from(stream);
  damaged.fill(0xff, 6_000);
  expect((await search(damaged)).hits).toHaveLength(1);
  const wrongSum = gzipSync(number, stored);
  wrongSum.fill(0, wrongSum.length - 8);
  expect((await search(wrongSum)).hits.length).toBeGreaterThan(0);
});

it('a bomb is told, and does not go off', async () => {
  const { hits, unsearched } = await search(gzipSync(Buffer.alloc(65 * 1024 * 1024), { level: 1 }));
  expect(hits).toEqual([]);
  expect(unsearched).toEqual(['file: part 0, in gzip at 0']);
});

it('headers of streams that came about by chance lead to nothing', async () => {
  const random = seeded(SEED);
  const bytes = Buffer.from(random.bytes(400_000));
  for (let at = 0; at < bytes.length; at += 200) Buffer.of(0x78, 0x9c).copy(bytes, at);
  for (let at = 100; at < bytes.length; at += 200) Buffer.of(0x1f, 0x8b, 0x08).copy(bytes, at);
  expect(await search(bytes)).toEqual({ hits: [], unsearched: [], bytes: { file: 400_000 } });
});
