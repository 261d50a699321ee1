/** Steps of type AI_INFERENCE and WASM, carried out by the plug-ins: the input is worked out, and the plug-in is asked. */
import { must } from '@holdfast/base';
import { type CallResult, expressionKey, type Json, type Program, type Scope } from '@holdfast/workflow';
import { type Failure, finalFailure } from './failure.ts';
import type { Inference } from './inference.ts';
import type { InferenceStep, WasmStep } from './steps.ts';
import type { Wasm } from './wasm.ts';

/** A step that is to be carried out. */
export type StepCall<S extends InferenceStep | WasmStep> = {
  step: S;
  program: Program;
  /** Where the step stands; its expressions are found by it. */
  block: string;
  scope: Scope;
  /** Of this try; null: that of the plug-in. */
  timeoutMs: number | null;
  signal: AbortSignal;
};

/** So much earlier than whoever waits: a plug-in knows best what its end means. */
const EARLIER_MS = 25;
const RUNTIME = 'onnx';

/** Carries out AI_INFERENCE steps with the runtime `onnx`. The result does not reject. */
export function inferenceCalls(inference: Inference): (call: StepCall<InferenceStep>) => Promise<CallResult> {
  return async (call) => {
    const { step, signal } = call;
    const { model, runtime, preprocess, postprocess, threshold } = step;
    if (runtime !== RUNTIME)
      return finalFailure('no_plugin', `This edge has no plug-in for ${runtime}: use "${RUNTIME}".`);
    const input = evaluate(step.input, call);
    if (isFailure(input)) return input;
    const timeoutMs = earlier(call.timeoutMs);
    const request = { model, preprocess, postprocess, threshold, input: input.value, timeoutMs, signal };
    return await inference.run(request);
  };
}

/** Carries out WASM steps. The result does not reject. */
export function wasmCalls(wasm: Wasm): (call: StepCall<WasmStep>) => Promise<CallResult> {
  return async (call) => {
    const { step, signal } = call;
    const { module, entrypoint } = step;
    const input: Record<string, Json> = {};
    for (const [name, source] of Object.entries(step.input)) {
      const given = evaluate(source, call);
      if (isFailure(given)) return given;
      input[name] = given.value;
    }
    return await wasm.run({ module, entrypoint, input, timeoutMs: earlier(call.timeoutMs), signal });
  };
}

type Evaluated = { kind: 'value'; value: Json } | Failure;

function evaluate(source: string, { program, block, scope }: StepCall<InferenceStep | WasmStep>): Evaluated {
  const expression = must(program.expressions.get(expressionKey(block, source)), 'the input was compiled');
  const evaluated = expression.value(scope);
  if ('value' in evaluated) return { kind: 'value', value: evaluated.value };
  const { what, fault } = evaluated;
  const message = `The input cannot be worked out: ${what}: ${fault.replaceAll('_', ' ')}.`;
  return finalFailure('bad_input', message);
}

function isFailure(evaluated: Evaluated): evaluated is Failure {
  return evaluated.kind === 'failed';
}

function earlier(timeoutMs: number | null): number | null {
  return timeoutMs === null ? null : Math.max(1, timeoutMs - EARLIER_MS);
}
