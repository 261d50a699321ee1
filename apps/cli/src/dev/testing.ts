/** Runs of `holdfast dev` for tests: real processes in a process group of their own, looked at through /proc. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { must, systemTimers } from '@holdfast/base';

const ENTRY = fileURLToPath(new URL('../main.ts', import.meta.url));
const LOOK_EVERY_MS = 50;

/** A process as /proc shows it. */
export type Seen = { pid: number; ppid: number; pgid: number; command: string };

/** A started command. */
export type TestRun = {
  /** Also the number of its process group. */
  pid: number;
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves when it has ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
};

/** Starts `holdfast` with `words`, as the leader of a process group. */
export function startHoldfast(words: readonly string[], env: Record<string, string> = {}): TestRun {
  const child = spawn(process.execPath, [ENTRY, ...words], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    text.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text.stderr += chunk.toString();
  });
  return {
    pid: must(child.pid, 'the process was started'),
    child,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    ended: new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal }))),
  };
}

/** Waits until `look` gives something else than undefined. */
export async function eventually<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await systemTimers.sleep(LOOK_EVERY_MS);
  }
}

/** Living processes of a group, and those that work inside `folder`: PostgreSQL's children have groups of their own. */
export function processesOf({ pgid, folder }: { pgid: number; folder: string }): Seen[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => look(Number(name)) ?? [])
    .filter((seen) => seen.pgid === pgid || seen.cwd?.startsWith(`${folder}/`));
}

/** Sends SIGKILL to a process, or with a negative number to a group; one that is gone is fine. */
export function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** The first of `count` ports in a row that are free now. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = await listenOnce(0);
    if (first === undefined || first + count > 65_535) continue;
    const rest = await Promise.all(
      Array.from({ length: count - 1 }, (_, index) => listenOnce(first + index + 1)),
    );
    if (rest.every((port) => port !== undefined)) return first;
  }
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

function look(pid: number): (Seen & { cwd: string | undefined }) | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ppid, pgid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, ppid: Number(ppid), pgid: Number(pgid), command, cwd: readlinkSync(`/proc/${pid}/cwd`) };
  } catch {
    return undefined; // It has ended while we looked.
  }
}
