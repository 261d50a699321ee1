/**
 * Makes system calls of a process fail: strace answers in the kernel's place. The call is not made, so what is told is
 * true of what failed: nothing was written, synced, opened or removed.
 */
import { existsSync, readFileSync } from 'node:fs';

/** What a call is answered with: an error, or `0`, "nothing was written", which is a short write. */
export type Failure = 'EIO' | 'ENOSPC' | 'EINTR' | 'EMFILE' | 'EACCES' | 'EROFS' | 0;

export type IoFault = {
  syscall: string;
  failure: Failure;
  /** The n-th call of a thread on one of `paths` is the first that fails, from 1. */
  nth: number;
  /** Every later one fails as well. */
  persists: boolean;
  /** Absolute; calls on other files are not counted and do not fail. */
  paths: readonly string[];
};

/**
 * The command that runs another in its own place, as the same process, with `fault`; what it did is in `log`. The
 * tracer is a grandchild (`-D`), so that a signal reaches the process itself.
 */
export function underFault(fault: IoFault, log: string): string[] {
  const { syscall, failure, nth, persists, paths } = fault;
  const answer = failure === 0 ? 'retval=0' : `error=${failure}`;
  const inject = `inject=${syscall}:${answer}:when=${nth}${persists ? '+' : ''}`;
  const filters = paths.flatMap((path) => ['-P', path]);
  return [
    'strace',
    '-D',
    '-f',
    '--seccomp-bpf',
    '-qq',
    '-y',
    '-s',
    '0',
    '-o',
    log,
    '-e',
    inject,
    '-e',
    `trace=${syscall}`,
    ...filters,
  ];
}

/** How often the fault in `log` came true. */
export function countHits(log: string): number {
  if (!existsSync(log)) return 0;
  return readFileSync(log, 'utf8').split('(INJECTED)').length - 1;
}

/** A fault in one line, for a report. */
export function describeFault({ syscall, failure, nth, persists, paths }: IoFault): string {
  const names = paths.map((path) => path.slice(path.lastIndexOf('/') + 1)).join(', ');
  return `${syscall} ${nth}${persists ? ' and all later ones' : ''} on ${names} gives ${failure}`;
}
