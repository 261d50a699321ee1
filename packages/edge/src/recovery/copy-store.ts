/**
 * Copies a store as it is at one moment into one file under the same key, while the edge runs or not. SQLite's backup
 * interface refuses encrypted databases; VACUUM INTO takes them, and fsyncs nothing, which is done here.
 */
import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs';
import { AppError } from '@holdfast/base';
import { sha256 } from '@holdfast/crypto';
import { syncFile } from '@holdfast/runtime';
import { mapOpenError, openWhole, type StoreKey } from '../store/open.ts';
import { freeBytes } from '../writer/room.ts';

/**
 * Writes a copy of the store to `target`, a file that is not there yet; mode 0600. Durable but for its name. Leaves
 * `roomBytes` of the disk for sales, or throws `no_room`; and `store_unavailable` when a part of the log cannot be read.
 * No file is left behind by a failure.
 */
export async function copyStore(store: StoreKey, target: string, roomBytes: number): Promise<void> {
  const needed = sizeOf(store.path) + sizeOf(`${store.path}-wal`) + roomBytes;
  const free = freeBytes(target);
  if (free < needed)
    throw new AppError(
      'no_room',
      `${needed} bytes are needed to copy the store to ${target}, and ${free} are free`,
    );
  try {
    closeSync(openSync(target, 'wx', 0o600)); // SQLite would take its mode from the umask; it fills an empty file.
    const db = openWhole(store);
    try {
      // It writes to the copy alone, and that counts as writing.
      db.pragma('query_only = OFF');
      db.prepare('VACUUM INTO ?').run(target);
    } finally {
      db.close();
    }
    await syncFile(target);
  } catch (error) {
    for (const ending of ['', '-journal']) rmSync(`${target}${ending}`, { force: true });
    throw mapOpenError(error, existsSync(store.path) ? store.path : target);
  }
}

/** Tells keys apart without telling anything of them: half of a hash, in hexadecimal. */
export function storeKeyId(key: Uint8Array): string {
  return sha256(Buffer.concat([Buffer.from('holdfast-store-key\n'), key]))
    .subarray(0, 8)
    .toString('hex');
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
