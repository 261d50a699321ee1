/**
 * Reads the write-ahead log by ourselves. The store's build of SQLite passes over an error of the disk when it reads:
 * a log of which one page could not be read then looks as if it ended there, and the commits behind it would be
 * overwritten. Whoever opens a store compares what SQLite took over with what the file holds.
 * The format is SQLite's own (https://sqlite.org/fileformat2.html#walformat): a header, then frames of one page each.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { AppError } from '@holdfast/base';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The last bit says in which order the checksums read their words. */
const MAGIC = 0x377f0682;

type Sum = readonly [number, number];
type Order = 'big' | 'little';

/**
 * Pages up to the last whole commit in the log beside the database at `path`; undefined when there is none. Throws
 * `store_unavailable` when it cannot be read.
 */
export function readLog(path: string): number | undefined {
  if (!existsSync(`${path}-wal`)) return undefined;
  try {
    return withFile(`${path}-wal`, scan);
  } catch (cause) {
    throw new AppError(
      'store_unavailable',
      `The log ${path}-wal cannot be read: look at the disk. Nothing was changed.`,
      { cause },
    );
  }
}

/** Throws `store_unavailable` when SQLite took over fewer pages than the log holds. */
export function assertTakenOver(held: number, takenOver: number, path: string): void {
  if (takenOver < held)
    throw new AppError(
      'store_unavailable',
      `Of the log ${path}-wal only ${takenOver} of ${held} pages could be read: look at the disk. Nothing was changed.`,
    );
}

type Read = (position: number, length: number) => Buffer;

function withFile<T>(path: string, use: (read: Read) => T): T {
  const file = openSync(path, 'r');
  try {
    return use((position, length) => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, position));
    });
  } finally {
    closeSync(file);
  }
}

function scan(read: Read): number | undefined {
  const header = read(0, HEADER_BYTES);
  if (header.length < HEADER_BYTES) return undefined;
  const magic = header.readUInt32BE(0);
  if ((magic & ~1) >>> 0 !== MAGIC) return undefined;
  const order: Order = (magic & 1) === 1 ? 'big' : 'little';
  let sum = addTo([0, 0], header.subarray(0, 24), order);
  if (!isSum(sum, header, 24)) return undefined;
  const frameBytes = FRAME_HEADER_BYTES + header.readUInt32BE(8);
  const salts = header.toString('hex', 16, 24);
  let frames = 0;
  for (let count = 1; ; count += 1) {
    const frame = read(HEADER_BYTES + (count - 1) * frameBytes, frameBytes);
    if (frame.length < frameBytes || frame.toString('hex', 8, 16) !== salts) break;
    sum = addTo(addTo(sum, frame.subarray(0, 8), order), frame.subarray(FRAME_HEADER_BYTES), order);
    if (frame.readUInt32BE(0) === 0 || !isSum(sum, frame, 16)) break;
    if (frame.readUInt32BE(4) !== 0) frames = count; // It ends a commit.
  }
  return frames === 0 ? undefined : frames;
}

/** SQLite's checksum, continued over `bytes`, whose length is a multiple of eight. */
function addTo([first, second]: Sum, bytes: Buffer, order: Order): Sum {
  let [a, b] = [first, second];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isLittle = order === 'little';
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + view.getUint32(at, isLittle) + b) >>> 0;
    b = (b + view.getUint32(at + 4, isLittle) + a) >>> 0;
  }
  return [a, b];
}

function isSum([a, b]: Sum, bytes: Buffer, at: number): boolean {
  return bytes.readUInt32BE(at) === a && bytes.readUInt32BE(at + 4) === b;
}
