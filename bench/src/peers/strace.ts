/**
 * Counts what a side forces to the disk, by `strace -f -c` over its whole tree. It slows every call it sees, so that
 * nothing is timed while it looks on.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { systemTimers } from '@holdfast/base';
import { treeOf } from './process-tree.ts';

/** `stop` resolves with the calls of `fsync` and `fdatasync` since then. */
export type SyncCounter = { stop(): Promise<number> };

/** Attaching is over when nothing more was said of it for this long. */
const QUIET_MS = 400;

/** Looks on at `root` and its descendants from now on, writing its summary to `file`. Rejects without strace. */
export async function countSyncs(root: number, file: string): Promise<SyncCounter> {
  const pids = (await treeOf(root)).flatMap(({ pid }) => ['-p', String(pid)]);
  const args = ['-f', '-c', '-e', 'trace=fsync,fdatasync', '-o', file, ...pids];
  const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(strace, 'close'); // Also rejects when there is no such program.
  let said = '';
  let saidAt = performance.now();
  strace.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    saidAt = performance.now();
  });
  const isAttached = () => said.includes('attached') && performance.now() - saidAt > QUIET_MS;
  while (!isAttached()) {
    await Promise.race([systemTimers.sleep(50), ended]);
    if (strace.exitCode !== null) throw new Error(`strace ended at once: ${said.trim()}`);
  }
  return {
    async stop() {
      strace.kill('SIGINT');
      await ended;
      return readSummary(await readFile(file, 'utf8'));
    },
  };
}

/** The calls in a summary of `strace -c`: the fourth column of each row that names one of the two. */
export function readSummary(summary: string): number {
  const rows = summary.split('\n').map((line) => line.trim().split(/\s+/));
  const ofSync = rows.filter((row) => row.at(-1) === 'fsync' || row.at(-1) === 'fdatasync');
  return ofSync.reduce((sum, row) => sum + Number(row[3]), 0);
}
