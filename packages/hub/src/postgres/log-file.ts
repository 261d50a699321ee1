/**
 * The log of the embedded server. PostgreSQL's own collector bounds files by time or starts ever new ones, so the size is
 * held here: two files, the present one and its predecessor. The server appends through a descriptor it keeps, so while
 * it runs the file is emptied in place; lines written in the very moment of that are lost.
 */
import { copyFile, rename, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Service, Timers } from '@holdfast/base';
import { isMissing } from './cluster.ts';

/** Of each of the two files, besides what is written between two looks. */
export const LOG_BYTES_MAX = 8_388_608;
const LOOK_EVERY_MS = 10_000;

/** The log in the folder of the server. */
export function logFileIn(folder: string): string {
  return join(folder, 'postgres.log');
}

/** Before a start: puts a large log aside, keeping one; returns where this start's lines will begin. */
export async function rotateLog(path: string): Promise<number> {
  const size = await sizeOf(path);
  if (size <= LOG_BYTES_MAX) return size;
  await rename(path, `${path}.1`);
  return 0;
}

/** While the server runs: copies a large log aside and empties it. True when it did. */
export async function emptyLog(path: string): Promise<boolean> {
  if ((await sizeOf(path)) <= LOG_BYTES_MAX) return false;
  await copyFile(path, `${path}.1`);
  await truncate(path);
  return true;
}

/** A service that bounds the log in `folder` while the server there runs. */
export function createLogKeeper({ folder, timers }: { folder: string; timers: Timers }): Service {
  return {
    name: 'postgres log',
    async run(signal) {
      while (!signal.aborted) {
        await emptyLog(logFileIn(folder));
        await timers.sleep(LOOK_EVERY_MS, signal);
      }
    },
  };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
