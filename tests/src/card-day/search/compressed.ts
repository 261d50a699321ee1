/**
 * Compressed streams within other bytes: gzip and zlib by their first bytes wherever they lie, and gzip also where it was
 * written as base64 or hexadecimal text. A raw deflate or Brotli stream has no first bytes to know it by; whoever reads
 * HTTP undoes what its fields say.
 */
import { inflateRawSync, constants as zlib } from 'node:zlib';

/** What the stream at `offset` holds; `isCut` where that is more than was asked for, and nothing of it is here. */
export type Stream = { kind: string; offset: number; bytes: Buffer; isCut: boolean };

type Start = { kind: string; offset: number; deflated: Buffer };

const GZIP = Buffer.of(0x1f, 0x8b, 0x08);
const GZIP_IN_BASE64 = Buffer.from('H4sI');
const GZIP_IN_HEX = [Buffer.from('1f8b08'), Buffer.from('1F8B08')];
/** Headers of zlib with the usual window; the second byte tells how hard it tried, and makes the sum right. */
const ZLIB = [0x01, 0x5e, 0x9c, 0xda].map((flags) => Buffer.of(0x78, flags));
const TEXT_MAX = 8_000_000;
/** A header that came about by chance is followed by what is damaged so early; a stream may yet say nothing there. */
const PROBE_BYTES = 64;
/** Where a stream is damaged or broken off by the end of a page, the most of these that can be read is read. */
const PREFIXES = [65_536, 32_768, 16_384, 8_192, 4_096, 2_048, 1_024, 512, 256, 128, PROBE_BYTES];
/** Less holds no secret. */
const BYTES_MIN = 5;
const CHUNK_BYTES = 1_024;

/** The streams that begin in `bytes`, each opened to at most `bytesMax` bytes. */
export function openStreams(bytes: Buffer, bytesMax: number): Stream[] {
  return [...startsIn(bytes)].flatMap(({ deflated, ...start }) => {
    const opened = open(deflated, bytesMax);
    return opened === undefined ? [] : [{ ...start, ...opened }];
  });
}

function* startsIn(bytes: Buffer): Generator<Start> {
  for (const offset of placesOf(bytes, GZIP)) yield* gzipAt('gzip', offset, bytes.subarray(offset));
  for (const header of ZLIB)
    for (const offset of placesOf(bytes, header))
      yield { kind: 'zlib', offset, deflated: bytes.subarray(offset + header.length) };
  for (const offset of placesOf(bytes, GZIP_IN_BASE64))
    yield* gzipAt('gzip in base64', offset, Buffer.from(runAt(bytes, offset, /^[\w+/-]+/), 'base64'));
  for (const header of GZIP_IN_HEX)
    for (const offset of placesOf(bytes, header))
      yield* gzipAt(
        'gzip in hexadecimal text',
        offset,
        Buffer.from(runAt(bytes, offset, /^[\da-f]+/i), 'hex'),
      );
}

function* placesOf(bytes: Buffer, what: Buffer): Generator<number> {
  for (let at = bytes.indexOf(what); at >= 0; at = bytes.indexOf(what, at + 1)) yield at;
}

/** Letters of a kind from a place on. */
function runAt(bytes: Buffer, at: number, letters: RegExp): string {
  const [run = ''] = letters.exec(bytes.toString('latin1', at, at + TEXT_MAX)) ?? [];
  return run;
}

const FLAGS_AT = 3;
const FIXED_BYTES = 10;
const FLAG = { headerSum: 0x02, extra: 0x04, name: 0x08, comment: 0x10 } as const;

/** Passes over the header of a gzip stream (RFC 1952, 2.3); its sums at the end are not asked for. */
function* gzipAt(kind: string, offset: number, stream: Buffer): Generator<Start> {
  const flags = stream[FLAGS_AT] ?? 0;
  let at = FIXED_BYTES;
  if ((flags & FLAG.extra) !== 0 && stream.length >= at + 2) at += 2 + stream.readUInt16LE(at);
  for (const flag of [FLAG.name, FLAG.comment]) if ((flags & flag) !== 0) at = stream.indexOf(0, at) + 1;
  if ((flags & FLAG.headerSum) !== 0) at += 2;
  yield { kind, offset, deflated: stream.subarray(at) };
}

type Opened = { bytes: Buffer; isCut: boolean };

function open(deflated: Buffer, bytesMax: number): Opened | undefined {
  if (inflate(deflated.subarray(0, PROBE_BYTES), bytesMax, CHUNK_BYTES) === undefined) return undefined;
  for (const prefix of [deflated.length, ...PREFIXES]) {
    const opened = prefix <= deflated.length ? inflate(deflated.subarray(0, prefix), bytesMax) : undefined;
    if (opened !== undefined) return opened.isCut || opened.bytes.length >= BYTES_MIN ? opened : undefined;
  }
  return undefined;
}

/** Undefined where the bytes are damaged or no stream. */
function inflate(deflated: Buffer, bytesMax: number, chunkSize?: number): Opened | undefined {
  try {
    const options = {
      finishFlush: zlib.Z_SYNC_FLUSH,
      maxOutputLength: bytesMax,
      ...(chunkSize && { chunkSize }),
    };
    return { bytes: inflateRawSync(deflated, options), isCut: false };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') return { bytes: Buffer.alloc(0), isCut: true };
    if (code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR') return undefined;
    throw error;
  }
}
