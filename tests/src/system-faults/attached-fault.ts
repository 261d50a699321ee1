/** Makes system calls of processes fail that are at work already, for as long as a test wants, by strace. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { countHits, type Failure } from './strace.ts';

const STRACE = 'strace';

export type AttachedFault = {
  /** From now on the calls succeed again; resolves with how many had failed. */
  end(): Promise<number>;
};

/** Fails `syscalls` of each of `threads`; with `once`, the first of each alone. Resolves once it has hold of all. */
export async function attachFault(at: {
  threads: readonly number[];
  syscalls: readonly string[];
  failure: Failure;
  once?: boolean;
  log: string;
}): Promise<AttachedFault> {
  const calls = at.syscalls.join(',');
  const inject = `inject=${calls}:error=${at.failure}${at.once === true ? ':when=1' : ''}`;
  const threads = at.threads.flatMap((thread) => ['-p', String(thread)]);
  const args = ['-s', '0', '-o', at.log, '-e', inject, '-e', `trace=${calls}`, ...threads];
  const strace = spawn(STRACE, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(strace, 'close');
  let said = '';
  const isAttached = () => said.split(' attached').length - 1 >= at.threads.length;
  await new Promise<void>((resolve, reject) => {
    strace.stderr.on('data', (chunk) => {
      said += String(chunk);
      if (isAttached()) resolve();
    });
    ended.then(() => reject(new Error(`strace did not get hold of ${at.threads.join()}: ${said}`)), reject);
  });
  return {
    async end() {
      strace.kill('SIGINT');
      await ended;
      return countHits(at.log);
    },
  };
}

/** The threads of a Node process that its file calls run on. */
export function fileThreads(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .filter((thread) => readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').startsWith('libuv-worker'))
    .map(Number);
}

/** The processes that `pid` has started and that are still there. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}
