/** Runs one suite in a checkout and says whether it noticed anything. */
import { spawn } from 'node:child_process';
import { SUITES, type SuiteName } from './suites.ts';

/** `green`: nothing noticed. `red`: it failed, and this is the end of what it said. `hung`: it did not end. */
export type SuiteResult = { outcome: 'green' | 'red' | 'hung'; said: string };

/** A defect may well keep a suite from ending; that is noticed, too. */
const SUITE_MS = 600_000;
const SAID_MAX = 4_000;

/** Runs `suite` in a process group of its own, which is gone when this resolves. */
export async function runSuite(suite: SuiteName, folder: string, signal: AbortSignal): Promise<SuiteResult> {
  const child = spawn(process.execPath, SUITES[suite], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const hear = (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-SAID_MAX);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const over = AbortSignal.any([signal, AbortSignal.timeout(SUITE_MS)]);
  const end = () => killGroup(child.pid);
  over.addEventListener('abort', end, { once: true });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  over.removeEventListener('abort', end);
  killGroup(child.pid);
  signal.throwIfAborted();
  if (over.aborted) return { outcome: 'hung', said };
  return { outcome: code === 0 ? 'green' : 'red', said };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
