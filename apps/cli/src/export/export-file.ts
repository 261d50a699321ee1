/** Exports in files: NDJSON, gzip or not, told by its first bytes. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { syncFolder } from '@holdfast/runtime';
import { type ExportRecord, linesOf, toLines } from '@holdfast/verify';

/**
 * The lines of an export. A compressed file that is cut or damaged ends early, which whoever verifies it finds. Throws
 * what the file system says when there is no such file.
 */
export async function* readExportFile(path: string): AsyncGenerator<string> {
  // Looked at first: a stream that nobody reads yet would end the process with what it cannot open.
  const isZipped = await isGzip(path);
  const file = createReadStream(path);
  const chunks = isZipped ? unzipped(file.pipe(createGunzip())) : file;
  yield* linesOf(chunks);
}

/**
 * Writes an export at once: under its own name it is whole, and on the disk. Compressed when the name ends in `.gz`.
 * Returns its size in bytes. The file holds sales: it is its owner's alone.
 */
export async function writeExportFile(path: string, records: AsyncIterable<ExportRecord>): Promise<number> {
  const temporary = `${path}.part`;
  // What a killed export left there goes; a link that somebody put there is not written through.
  await rm(temporary, { force: true });
  const target = createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true });
  try {
    const lines = Readable.from(toLines(records));
    if (path.endsWith('.gz')) await pipeline(lines, createGzip(), target);
    else await pipeline(lines, target);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
  return target.bytesWritten;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b;
  } finally {
    await file.close();
  }
}

async function* unzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    const isZip = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
    if (!isZip) throw error;
  }
}
