/** What the processes of both systems are asked: clients that each start a workflow, wait for its end, and go on. */
import type { WorkflowName } from './definitions.ts';

export type WindowOrder = { name: WorkflowName; clients: number; durationMs: number };

/** `latenciesMs` has one number a workflow, all of them completed; `cpuMicros` are those of the process alone. */
export type WindowResult = { elapsedMs: number; latenciesMs: Float64Array; cpuMicros: number };

/** Runs one window; `runOne` resolves when its workflow has completed, and rejects when it ended otherwise. */
export async function runWindow(
  { clients, durationMs }: Pick<WindowOrder, 'clients' | 'durationMs'>,
  runOne: () => Promise<void>,
): Promise<WindowResult> {
  const latencies: number[] = [];
  const before = process.cpuUsage();
  const startedMs = performance.now();
  const endMs = startedMs + durationMs;
  const client = async () => {
    while (performance.now() < endMs) {
      const sentMs = performance.now();
      await runOne();
      latencies.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const elapsedMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(before);
  return { elapsedMs, latenciesMs: Float64Array.from(latencies), cpuMicros: user + system };
}
