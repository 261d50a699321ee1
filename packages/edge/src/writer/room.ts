/**
 * Disk space. A reserve file holds room that only sales may use: it is given back when the disk is nearly full, and
 * made again when there is room. When even that is gone, the next sale is refused before anything is taken.
 */
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { AppError, type Clock } from '@holdfast/base';

export type Room = {
  /** Throws `no_room` when a sale must not be taken. Cheap: looks at the disk a few times a second. */
  check(): void;
  /** Looks at the disk at once next time; after an error that says it is full. */
  suspect(): void;
  /** Looks at the disk now. */
  isFull(): boolean;
};

const LOOK_EVERY_MS = 200;
const CHUNK = Buffer.alloc(1_048_576);

/** Watches the disk that holds `reservePath`. */
export function createRoom(at: {
  reservePath: string;
  reserveBytes: number;
  freeBytesMin: number;
  clock: Clock;
  /** Asks the disk unless given. */
  freeBytes?: typeof freeBytes | undefined;
}): Room {
  const freeMin = at.freeBytesMin;
  const askFree = at.freeBytes ?? freeBytes;
  let nextLookMs = 0;
  let full: string | undefined;
  const look = () => {
    let free = askFree(at.reservePath);
    if (free < freeMin && existsSync(at.reservePath)) {
      rmSync(at.reservePath);
      free = askFree(at.reservePath);
    } else if (free > freeMin + 2 * at.reserveBytes && reserveSize(at.reservePath) < at.reserveBytes) {
      makeReserve(at.reservePath, at.reserveBytes);
    }
    full = free < freeMin ? `Only ${free} bytes are free where ${freeMin} are needed` : undefined;
  };
  return {
    check() {
      const nowMs = at.clock.monotonicMs();
      if (nowMs >= nextLookMs) {
        nextLookMs = nowMs + LOOK_EVERY_MS;
        look();
      }
      if (full !== undefined) throw new AppError('no_room', `${full}. Nothing was taken.`);
    },
    suspect() {
      nextLookMs = 0;
    },
    isFull() {
      look();
      return full !== undefined;
    },
  };
}

/** Bytes an ordinary user can still write on the disk that holds `path`. */
export function freeBytes(path: string): number {
  const stats = statfsSync(path.slice(0, path.lastIndexOf('/') + 1) || '.');
  return stats.bavail * stats.bsize;
}

/** Size of the reserve as it is now. */
export function reserveSize(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

/**
 * Makes the reserve. A failure, whatever it is, leaves the store without one: the sale that caused the look is not to
 * blame, and the next look tries again.
 */
function makeReserve(path: string, bytes: number): void {
  let file: number | undefined;
  try {
    file = openSync(path, 'w', 0o600);
    for (let written = 0; written < bytes; written += CHUNK.length)
      writeSync(file, CHUNK, 0, Math.min(CHUNK.length, bytes - written));
    fsyncSync(file);
  } catch {
    rmSync(path, { force: true });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
