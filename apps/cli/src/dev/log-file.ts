/**
 * Log files of children. A child writes to the file itself, so that it can log its own end when the supervisor is
 * gone; the supervisor bounds the file from outside, by copying it aside and cutting it, which an appending writer
 * does not notice.
 */
import { copyFileSync, openSync, statSync, truncateSync } from 'node:fs';

const BYTES_MAX = 4_194_304;

/** Opens a log to be handed to a child; the caller closes the descriptor once it has been. */
export function openLog(path: string): number {
  return openSync(path, 'a', 0o600);
}

/** Keeps the log below its bound, with one predecessor `.1`. Lines written in between the two steps are lost. */
export function boundLog(path: string, bytesMax = BYTES_MAX): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.size <= bytesMax) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}
