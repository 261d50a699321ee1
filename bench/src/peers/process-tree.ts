/**
 * A process and everything it started, read from /proc: what a side of a comparison costs is what its whole tree uses,
 * PostgreSQL included, and a side that is killed is killed whole. Linux only.
 */
import { readdir, readFile } from 'node:fs/promises';

/** One process. `cpuTicks` counts its threads, and its children that have ended. */
export type ProcessStat = { pid: number; parent: number; cpuTicks: number };

/** Ticks a second of the times in /proc: fixed by the interface of Linux, whatever the kernel uses inside. */
const TICKS_PER_SECOND = 100;

/** Reads one line of `/proc/PID/stat` (proc_pid_stat(5)). The name of the program may hold spaces and brackets. */
export function parseStat(line: string): ProcessStat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const numberAt = (index: number) => Number(fields[index]);
  return {
    pid: Number.parseInt(line, 10),
    parent: numberAt(1),
    // utime, stime, cutime, cstime
    cpuTicks: numberAt(11) + numberAt(12) + numberAt(13) + numberAt(14),
  };
}

/** `root` and its living descendants, parents before children. */
export async function treeOf(root: number): Promise<ProcessStat[]> {
  const all = await readAll();
  const tree = all.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid)); // Grows as it is walked.
  return tree;
}

/** Processor time, in seconds, that `root` and its descendants have used since each began. */
export async function cpuSecondsOf(root: number): Promise<number> {
  const tree = await treeOf(root);
  return tree.reduce((sum, { cpuTicks }) => sum + cpuTicks, 0) / TICKS_PER_SECOND;
}

async function readAll(): Promise<ProcessStat[]> {
  const names = await readdir('/proc');
  const read = names.filter((name) => /^\d+$/.test(name)).map(readOne);
  return (await Promise.all(read)).filter((stat) => stat !== undefined);
}

async function readOne(pid: string): Promise<ProcessStat | undefined> {
  try {
    return parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // A process may end between the listing and the reading.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}
