/** Reads a file that is named by what is in it. */
import { readFileSync, statSync } from 'node:fs';
import { sha256Hex } from '@holdfast/crypto';

export type Verified =
  | { kind: 'read'; bytes: Uint8Array<ArrayBuffer> }
  /** It is not there, or cannot be read; `why` ends a sentence. */
  | { kind: 'missing'; why: string }
  /** It is there, and is something else. */
  | { kind: 'other'; why: string };

/** The bytes of the file at `path`, if they are at most `bytesMax` and have this SHA-256 (hexadecimal, lower case). */
export function readVerified(it: { path: string; sha256: string; bytesMax: number }): Verified {
  try {
    const stats = statSync(it.path);
    // A pipe or a device would be read for ever.
    if (!stats.isFile()) return { kind: 'other', why: 'it is no file' };
    const { size } = stats;
    if (size > it.bytesMax) return { kind: 'other', why: `it has ${size} bytes, more than ${it.bytesMax}` };
    const bytes = readFileSync(it.path);
    const found = sha256Hex(bytes);
    return found === it.sha256 ? { kind: 'read', bytes } : { kind: 'other', why: `its SHA-256 is ${found}` };
  } catch (error) {
    return { kind: 'missing', why: whyUnreadable(error) };
  }
}

/** What the system says when a file cannot be read, to end a sentence; throws what the system did not say. */
export function whyUnreadable(error: unknown): string {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
  return error.code === 'ENOENT' ? 'it is not there' : error.message;
}
