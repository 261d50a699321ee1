/**
 * The thread in which a target runs, so that another can end it: a whole run, or single inputs that are asked for. The
 * load hook is set before the target is loaded.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { must } from '@holdfast/base';
import { startCoverage } from './coverage.ts';
import { type EngineOptions, type EngineResult, type Progress, runEngine } from './engine.ts';
import { createExecutor, createShared, type Execution, type Shared, viewShared } from './execute.ts';
import type { FuzzTarget } from './target.ts';

/** What the thread is started with; without `run` it answers single inputs. */
export type ChildData = { moduleUrl: string; run?: EngineOptions };

/** What the thread says; the memory comes first, when the target is loaded. */
export type ChildMessage =
  | { kind: 'ready'; memory: SharedArrayBuffer; bytesMax: number }
  | { kind: 'progress'; progress: Progress }
  | { kind: 'done'; result: EngineResult }
  | { kind: 'executed'; execution: Execution; hits: Uint8Array };

const port = must(parentPort, 'this module runs as a thread of the fuzzer');
// Structured clones carry no type; what comes is what fuzz-thread.ts sends.
const data = workerData as ChildData;
const coverage = startCoverage();
const module: { target: FuzzTarget } = await import(data.moduleUrl);
const { target } = module;
const memory = createShared(target.bytesMax);
const shared: Shared = viewShared(memory);
const execute = createExecutor(target, shared);
const tell = (message: ChildMessage) => port.postMessage(message);

tell({ kind: 'ready', memory, bytesMax: target.bytesMax });
if (data.run === undefined) {
  port.on('message', (input: Uint8Array) => {
    coverage.hits.fill(0, 0, coverage.used());
    const execution = execute(input.subarray(0, target.bytesMax));
    tell({ kind: 'executed', execution, hits: coverage.hits.slice(0, coverage.used()) });
  });
} else {
  const onProgress = (progress: Progress) => tell({ kind: 'progress', progress });
  tell({ kind: 'done', result: await runEngine({ target, coverage, execute, onProgress }, data.run) });
}
