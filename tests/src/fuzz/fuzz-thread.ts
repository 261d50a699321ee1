/**
 * A thread that runs a target, and the watch over it: an execution that does not end is ended with its thread, and its
 * input is kept.
 */
import { Worker } from 'node:worker_threads';
import type { EngineOptions, EngineResult, Progress } from './engine.ts';
import { type Execution, type Running, readRunning, type Shared, viewShared } from './execute.ts';
import type { ChildData, ChildMessage } from './fuzz-child.ts';

/** How a thread ended: with its result, or stuck in an input. */
export type RunEnd =
  | { kind: 'done'; result: EngineResult }
  | { kind: 'stuck'; execs: number; input: Uint8Array };

/** What a single input did, and the counters it passed. */
export type Answer = { execution: Execution; hits: Uint8Array } | { execution: 'stuck' };

const CHILD = new URL('./fuzz-child.ts', import.meta.url);
const LOOK_EVERY_MS = 25;

/** Runs a whole run in a thread; an execution of more than `endlessMs` ends it. */
export function runThread(
  data: { moduleUrl: string; run: EngineOptions },
  { endlessMs, onProgress }: { endlessMs: number; onProgress: (progress: Progress) => void },
): Promise<RunEnd> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(CHILD, { workerData: data satisfies ChildData });
    let watch: NodeJS.Timeout | undefined;
    const end = (settle: () => void) => {
      clearInterval(watch);
      worker.terminate().then(settle, reject);
    };
    worker.on('message', (message: ChildMessage) => {
      if (message.kind === 'ready')
        watch = watchOver(viewShared(message.memory), endlessMs, ({ number: execs, input }) =>
          end(() => resolve({ kind: 'stuck', execs, input })),
        );
      if (message.kind === 'progress') onProgress(message.progress);
      if (message.kind === 'done') end(() => resolve({ kind: 'done', result: message.result }));
    });
    worker.once('error', (error) => end(() => reject(error)));
  });
}

/** Looks at the thread at times; calls `onStuck` once when one execution has run for too long. */
function watchOver(shared: Shared, endlessMs: number, onStuck: (running: Running) => void): NodeJS.Timeout {
  let number = 0;
  let sinceMs = performance.now();
  const watch = setInterval(() => {
    const running = readRunning(shared);
    if (running === undefined || running.number !== number) {
      number = running?.number ?? 0;
      sinceMs = performance.now();
    } else if (performance.now() - sinceMs > endlessMs) {
      clearInterval(watch);
      onStuck(running);
    }
  }, LOOK_EVERY_MS);
  return watch;
}

/** Runs single inputs, one at a time, in a thread that is started again after it was stuck. */
export type InputRunner = {
  run(input: Uint8Array, endlessMs: number): Promise<Answer>;
  close(): Promise<void>;
};

/** A runner for the target of a module. */
export function createInputRunner(moduleUrl: string): InputRunner {
  let ready: Promise<{ worker: Worker; shared: Shared }> | undefined;
  const start = () =>
    new Promise<{ worker: Worker; shared: Shared }>((resolve, reject) => {
      const worker = new Worker(CHILD, { workerData: { moduleUrl } satisfies ChildData });
      worker.once('error', reject);
      worker.once('message', (message: ChildMessage) => {
        if (message.kind === 'ready') resolve({ worker, shared: viewShared(message.memory) });
      });
    });
  const close = async () => {
    const open = ready;
    ready = undefined;
    if (open !== undefined) await (await open).worker.terminate();
  };
  return {
    async run(input, endlessMs) {
      ready ??= start();
      const { worker, shared } = await ready;
      const answer = await new Promise<Answer>((resolve) => {
        const watch = watchOver(shared, endlessMs, () => resolve({ execution: 'stuck' }));
        worker.once('message', (message: ChildMessage) => {
          clearInterval(watch);
          if (message.kind === 'executed') resolve({ execution: message.execution, hits: message.hits });
        });
        worker.postMessage(input);
      });
      if (answer.execution === 'stuck') await close();
      return answer;
    },
    close,
  };
}
