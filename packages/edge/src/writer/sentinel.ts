/**
 * The sentinel: a small file outside the database that says how far it had come. It is written after a commit, so it
 * never runs ahead of a database that is whole; one that is behind it was restored from a copy.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** What the sentinel says. */
export type SentinelMark = { db_id: string; incarnation: string; tips: Record<string, number> };

const LENGTH = 512;

export type Sentinel = {
  /** Writes the mark; not fsynced, an older mark is as good. */
  mark(mark: SentinelMark): void;
  close(): void;
};

/** The mark on disk, or undefined when there is none or it was torn by a power cut. */
export function readSentinel(path: string): SentinelMark | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8').trimEnd());
  } catch {
    return undefined; // A torn mark says nothing; the next commit writes a whole one.
  }
}

/** Opens the sentinel for writing, creating it when it is not there. */
export function openSentinel(path: string): Sentinel {
  const file = openSync(path, existsSync(path) ? 'r+' : 'w+', 0o600);
  return {
    mark(mark) {
      writeSync(
        file,
        JSON.stringify(mark)
          .padEnd(LENGTH - 1)
          .concat('\n'),
        0,
        'utf8',
      );
    },
    close() {
      fsyncSync(file);
      closeSync(file);
    },
  };
}

/** True when the sentinel has seen more of this very database than it holds now. */
export function isBehind(mark: SentinelMark | undefined, now: SentinelMark): boolean {
  if (!mark || mark.db_id !== now.db_id) return false;
  if (mark.incarnation !== now.incarnation) return true;
  return Object.entries(mark.tips).some(([lane, seq]) => seq > (now.tips[lane] ?? 0));
}
