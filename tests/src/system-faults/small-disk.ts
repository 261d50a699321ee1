/** A file system of a few megabytes in memory that can be filled to the brim and emptied again. Needs root. */
import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export type SmallDisk = {
  /** Where it is mounted. */
  readonly path: string;
  /** Fills it until `leaveBytes` are free, roughly; 0 is to the last byte. */
  fill(leaveBytes: number): void;
  /** Takes away what `fill` wrote. */
  empty(): void;
  unmount(): void;
};

const CHUNK = Buffer.alloc(16_384, 'x');

/** Mounts an empty disk of `bytes` at `path`, which is made. */
export function mountSmallDisk({ path, bytes }: { path: string; bytes: number }): SmallDisk {
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0755`, 'tmpfs', path]);
  const filling = join(path, 'filling');
  const left = join(path, 'left');
  return {
    path,
    fill(leaveBytes) {
      rmSync(left, { force: true });
      if (leaveBytes > 0) append(left, leaveBytes);
      append(filling, Number.POSITIVE_INFINITY);
      rmSync(left, { force: true });
    },
    empty() {
      rmSync(filling, { force: true });
    },
    unmount() {
      execFileSync('umount', ['-l', path]);
    },
  };
}

/** Appends up to `bytes`, or what there is room for. */
function append(path: string, bytes: number): void {
  const file = openSync(path, 'a');
  try {
    for (let written = 0; written < bytes; written += CHUNK.length)
      writeSync(file, CHUNK, 0, Math.min(CHUNK.length, bytes - written));
    fsyncSync(file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    closeSync(file);
  }
}
