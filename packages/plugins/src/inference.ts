/**
 * Asks ONNX models. A model is a pair of files, `<model>.onnx` and `<model>.json` (see `model-card.ts`), and runs in the
 * WebAssembly build of ONNX Runtime, in a thread of its own, one question at a time. Nothing is loaded before the first.
 */
import { join } from 'node:path';
import type { Ports } from '@holdfast/base';
import type { Json } from '@holdfast/workflow';
import { type Failure, finalFailure } from './failure.ts';
import { readFeatures } from './features.ts';
import { type ModelCard, readModelCard } from './model-card.ts';
import { PluginThread } from './plugin-thread.ts';
import { type Score, scoreOf } from './scores.ts';
import type { InferenceStep } from './steps.ts';

export type InferenceOptions = {
  /** Holds the models. */
  folder: string;
  ports: Pick<Ports, 'clock' | 'timers'>;
};

export type InferenceRequest = Pick<InferenceStep, 'model' | 'preprocess' | 'postprocess' | 'threshold'> & {
  /** A list of features in their order, or a record of them by name; numbers, decimal strings, true and false. */
  input: Json;
  /** Until there is an answer; null: 5 s. */
  timeoutMs: number | null;
  signal?: AbortSignal;
};

export type InferenceOutput = Score & {
  /** What the caller has waited. */
  latency_ms: number;
  model_sha256: string;
};

export type Inference = {
  /**
   * The answer of a model, or why there is none: `model_unknown`, `model_damaged`, `bad_input`, `timed_out`,
   * `cancelled`, `plugin_crashed`, `overloaded`. Does not reject.
   */
  run(request: InferenceRequest): Promise<{ kind: 'ok'; output: InferenceOutput } | Failure>;
  /** Calls off what is under way, and ends the thread. */
  close(): Promise<void>;
};

/** What the thread loads; `width` is how many features there are. */
export type LoadModel = Pick<ModelCard, 'sha256' | 'input' | 'output'> & { path: string; width: number };

/** What the thread runs: one row. */
export type RunModel = Pick<ModelCard, 'sha256' | 'input' | 'output'> & { row: Float32Array };

const TIMEOUT_MS = 5_000;
/** Of JavaScript. The runtime and its models lie outside of it. */
const HEAP = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 };

export function createInference({ folder, ports }: InferenceOptions): Inference {
  const script = new URL('./inference-thread.ts', import.meta.url);
  const thread = new PluginThread<LoadModel, RunModel, number[]>({
    ...{ script, resourceLimits: HEAP, timers: ports.timers },
  });
  return {
    run: (request) => infer(request, { folder, ports, thread }),
    close: () => thread.close(),
  };
}

type Context = InferenceOptions & { thread: PluginThread<LoadModel, RunModel, number[]> };

async function infer(
  request: InferenceRequest,
  { folder, ports, thread }: Context,
): ReturnType<Inference['run']> {
  const { model, signal, timeoutMs, preprocess } = request;
  const beganMs = ports.clock.monotonicMs();
  const card = await readModelCard(folder, model);
  if ('kind' in card) return card;
  const { sha256, input, output, labels } = card;
  const row = readFeatures(request.input, card.features, preprocess);
  if (typeof row === 'string') return finalFailure('bad_input', `${model} cannot be asked: ${row}.`);
  const result = await thread.call({
    prepare: { path: join(folder, `${model}.onnx`), sha256, input, output, width: row.length },
    run: { sha256, input, output, row },
    ...{ timeoutMs: timeoutMs ?? TIMEOUT_MS, signal },
  });
  if (!('answer' in result)) return result;
  const score = scoreOf(result.answer, labels, request);
  if (typeof score === 'string')
    return finalFailure('model_damaged', `${model} does not fit its card: ${score}.`);
  const latencyMs = Math.round((ports.clock.monotonicMs() - beganMs) * 1_000) / 1_000;
  return { kind: 'ok', output: { ...score, latency_ms: latencyMs, model_sha256: sha256 } };
}
