/**
 * Pages of an edge's store in clear, as they lie in the file and in its log: free ones, those that a later commit has
 * replaced, and those of commits that were never taken over. No reading of tables shows these, so they are decrypted here,
 * without SQLite: ChaCha20 with the keys of each page as SQLite3 Multiple Ciphers derives them (its `chacha20`, raw key).
 */
import { createDecipheriv } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { assert } from '@holdfast/base';

/** One page: `part` says where it is. */
export type Page = { part: string; bytes: Buffer };

const PAGE_SIZE_AT = 16;
/** Bytes at the end of a page: 16 of the nonce, 16 of the tag. */
const NONCE_BYTES = 16;
const RESERVED_BYTES = 32;
/** Bytes of the first page that stay as they are. */
const CLEAR_BYTES = 24;
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const BLOCK_BYTES = 64;

/** Every page of the database at `path` and every frame of its log. `key` is that of the store, 32 bytes. */
export function* clearPages(path: string, key: Uint8Array): Generator<Page> {
  const file = readFileSync(path);
  const size = pageSizeOf(file);
  for (let number = 1; number * size <= file.length; number += 1)
    yield {
      part: `page ${number}`,
      bytes: decrypt(file.subarray((number - 1) * size, number * size), number, key),
    };
  yield* clearFrames(`${path}-wal`, size, key);
}

function* clearFrames(path: string, size: number, key: Uint8Array): Generator<Page> {
  const log = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const frameBytes = FRAME_HEADER_BYTES + size;
  for (let count = 1; LOG_HEADER_BYTES + count * frameBytes <= log.length; count += 1) {
    const at = LOG_HEADER_BYTES + (count - 1) * frameBytes;
    const number = log.readUInt32BE(at);
    const page = log.subarray(at + FRAME_HEADER_BYTES, at + frameBytes);
    yield { part: `frame ${count} of the log, page ${number}`, bytes: decrypt(page, number, key) };
  }
}

function pageSizeOf(file: Buffer): number {
  const told = file.readUInt16BE(PAGE_SIZE_AT);
  const size = told === 1 ? 65_536 : told;
  assert(size >= 512 && Number.isInteger(Math.log2(size)), 'the file is a database');
  return size;
}

/** The first page, too, has its header in clear afterwards but for the first 16 bytes, which are the salt. */
function decrypt(page: Buffer, number: number, key: Uint8Array): Buffer {
  const end = page.length - RESERVED_BYTES;
  const nonce = page.subarray(end, end + NONCE_BYTES);
  const counter = (nonce.readUInt32LE(NONCE_BYTES - 4) ^ number) >>> 0;
  const keys = chacha20(Buffer.alloc(BLOCK_BYTES), { key, nonce, counter });
  const from = number === 1 ? CLEAR_BYTES : 0;
  const pageKey = keys.subarray(BLOCK_BYTES / 2);
  const clear = chacha20(page.subarray(from, end), { key: pageKey, nonce, counter: counter + 1 });
  return Buffer.concat([page.subarray(0, from), clear]);
}

type With = { key: Uint8Array; nonce: Buffer; counter: number };

function chacha20(bytes: Buffer, { key, nonce, counter }: With): Buffer {
  const iv = Buffer.alloc(NONCE_BYTES);
  iv.writeUInt32LE(counter >>> 0);
  nonce.copy(iv, 4, 0, 12);
  const cipher = createDecipheriv('chacha20', key, iv);
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}
