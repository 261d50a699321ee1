/**
 * Reads a file of the archive. Others may write there, so that under a good name may lie what is no file, what never
 * ends, or what leads elsewhere: none of that is waited for, followed, or taken into memory.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** No segment is larger: a batch has 2 MiB at most, and a catch-up puts few entries together where no seal ends them. */
export const SEGMENT_BYTES_MAX = 67_108_864;

// Neither is there on Windows, where there are no such files either.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * The bytes of the file, or `prefix` of them at most; undefined for a link, a folder, a pipe, a device, and for more
 * than `bytesMax`. Throws what the file system says of a file that cannot be read.
 */
export async function readPlainFile(
  path: string,
  { bytesMax, prefix = bytesMax }: { bytesMax: number; prefix?: number },
): Promise<Buffer | undefined> {
  const file = await openPlain(path);
  if (file === undefined) return undefined;
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > bytesMax) return undefined;
    return await readUpTo(file, Math.min(found.size, prefix));
  } finally {
    await file.close();
  }
}

async function openPlain(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, FLAGS);
  } catch (error) {
    // A link is refused with ELOOP; a socket with ENXIO.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ELOOP' || code === 'ENXIO' || code === 'EMLINK') return undefined;
    throw error;
  }
}

async function readUpTo(file: FileHandle, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(buffer, length, size - length, length);
    if (bytesRead === 0) break; // It was cut meanwhile: whoever reads it finds that it ends early.
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
