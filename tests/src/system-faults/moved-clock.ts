/** A wall clock that a test moves under a real process, by libfaketime; the monotonic clock stays the machine's. */
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@holdfast/base';

export type MovedClock = {
  /** What a process needs in its environment to live by this clock. */
  readonly env: Record<string, string>;
  /** From now on the clock is off by so much: `+3600`, `-20y`; or it stands still: `2031-01-01 00:00:00`. */
  move(to: string): void;
};

const LIBRARIES = '/usr/lib';

/** A clock that is right until it is moved; its setting is kept in `folder`. */
export function createMovedClock(folder: string): MovedClock {
  const file = join(folder, 'clock');
  const move = (to: string) => {
    writeFileSync(`${file}.next`, `${to}\n`);
    renameSync(`${file}.next`, file); // A process reads it at any moment.
  };
  move('+0');
  return {
    move,
    env: {
      LD_PRELOAD: findLibrary(),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
  };
}

function findLibrary(): string {
  for (const triplet of readdirSync(LIBRARIES)) {
    const path = join(LIBRARIES, triplet, 'faketime', 'libfaketimeMT.so.1');
    if (existsSync(path)) return path;
  }
  throw new AppError('usage', 'libfaketime is not installed.');
}
