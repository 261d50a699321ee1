/** What the processes of both systems are asked. */
import { systemPorts } from '@holdfast/base';
import { countOf, type OpenKind } from './definitions.ts';

/**
 * `open`: start workflows that stay open. `await`: wait until the workflows whose turn it is have completed, and tell
 * what that took of the process.
 */
export type RecoveryOrder = { order: 'open' | 'await'; count: number };

/**
 * `peakBytes` is the most memory that was resident since the process began. `dueMs`: when the time comes that workflows
 * wait for, since the epoch; null after `await`.
 */
export type RecoveryAnswer = { cpuMicros: number; peakBytes: number; dueMs: number | null };

/** Starts that are under way at once. */
const STARTERS = 64;
/** Time to open those that wait for a time, before it comes: so many times what the others took, and some more. */
const DUE_TIMES = 3;
const DUE_MORE_MS = 3_000;

/** Starts `count` workflows of all kinds, and resolves with the time that those of the last kind wait for. */
export async function openAll(
  count: number,
  open: (kind: OpenKind, dueMs: number) => Promise<unknown>,
): Promise<number> {
  const openKind = async (kind: OpenKind, dueMs: number) => {
    let left = countOf(kind, count);
    const starter = async () => {
      while (left-- > 0) await open(kind, dueMs);
    };
    await Promise.all(Array.from({ length: STARTERS }, starter));
  };
  const { nowMs } = systemPorts.clock;
  const startedMs = nowMs();
  await openKind('call', 0);
  await openKind('signal', 0);
  const dueMs = nowMs() + DUE_TIMES * (nowMs() - startedMs) + DUE_MORE_MS;
  await openKind('timer', dueMs);
  return dueMs;
}

/** Of this process. */
export function usedSinceStart(): Omit<RecoveryAnswer, 'dueMs'> {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuMicros: userCPUTime + systemCPUTime, peakBytes: maxRSS * 1024 };
}
