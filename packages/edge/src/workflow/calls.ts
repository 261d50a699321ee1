/** Makes the calls of workflows: of functions outside of the store, of requests, of plug-ins. */
import { must } from '@holdfast/base';
import {
  type Call,
  type CallContext,
  type CallResult,
  type CallTarget,
  type EvaluationFault,
  expressionKey,
  type Json,
  type Scope,
  type Step,
} from '@holdfast/workflow';
import type { WorkflowReads } from '../store/workflow-reads.ts';
import type { OutsidePorts, OutsideUse } from './functions/function.ts';
import type { FunctionSet } from './functions/index.ts';
import { callHttp, type HttpCallOptions } from './http-call.ts';

/** A step that a plug-in carries out, and what it is given. */
export type PluginCall<T extends 'AI_INFERENCE' | 'WASM'> = {
  step: Extract<Step, { type: T }>;
  /** The value of the step's expression; of a WASM step, its values by name. */
  input: Json;
  /** Of this try; null: none. */
  timeoutMs: number | null;
  signal: AbortSignal;
};

/** Plug-ins by the type of their steps; without one, such a step fails with `no_plugin`. */
export type Plugins = {
  AI_INFERENCE?: (call: PluginCall<'AI_INFERENCE'>) => Promise<CallResult>;
  WASM?: (call: PluginCall<'WASM'>) => Promise<CallResult>;
};

export type CallerOptions = {
  reads: Pick<WorkflowReads, 'program'>;
  functions: FunctionSet;
  outside: OutsidePorts;
  http: HttpCallOptions;
  plugins: Plugins;
  nowMs(): number;
};

/** How a driver makes calls. What a call throws is a defect; nobody knows then what became of it. */
export function createCaller(
  options: CallerOptions,
): (call: Call, context: CallContext) => Promise<CallResult> {
  return async (call, context) => {
    const { what } = call;
    return what.kind === 'function'
      ? await callFunction({ call, what, context }, options)
      : await callStep({ call, what, context }, options);
  };
}

type Target<K extends CallTarget['kind']> = {
  call: Call;
  what: Extract<CallTarget, { kind: K }>;
  context: CallContext;
};

async function callFunction(
  { call, what, context }: Target<'function'>,
  options: CallerOptions,
): Promise<CallResult> {
  const named = options.functions.outside.get(what.function);
  if (named === undefined) {
    const message = `This edge has no function ${what.function} any more.`;
    return { kind: 'failed', code: 'unknown_function', message, final: true };
  }
  const { instance_id: instanceId, currency, signal } = context;
  const use: OutsideUse = {
    ...options.outside,
    ...{ key: call.key, instanceId, currency, nowMs: options.nowMs(), signal },
  };
  if (!call.query) return await named.call(what.input, use);
  return await must(named.query, `${what.function} can be asked`)(what.input, use);
}

async function callStep(
  { call, what, context }: Target<'step'>,
  options: CallerOptions,
): Promise<CallResult> {
  const { block, state, locals, now_ms: nowMs } = what;
  const { signal, currency } = context;
  const program = options.reads.program(context.definition_hash);
  const step = must(program.blocks.get(block)?.steps.get(what.step), 'the definition has the step');
  const scope: Scope = { state, locals, currency, nowMs };
  const of = { timeoutMs: call.timeout_ms, signal };
  const value = (text: string) =>
    must(program.expressions.get(expressionKey(block, text)), 'the expression was compiled').value(scope);
  switch (step.type) {
    case 'HTTP':
      return await callHttp({ ...of, program, block, scope, step, key: call.key }, options.http);
    case 'AI_INFERENCE': {
      const found = value(step.input);
      if ('fault' in found) return noInput(found);
      return (
        (await options.plugins.AI_INFERENCE?.({ ...of, step, input: found.value })) ?? noPlugin(step.runtime)
      );
    }
    case 'WASM': {
      const input: Record<string, Json> = {};
      for (const [name, text] of Object.entries(step.input)) {
        const found = value(text);
        if ('fault' in found) return noInput(found);
        input[name] = found.value;
      }
      return (await options.plugins.WASM?.({ ...of, step, input })) ?? noPlugin('WASM');
    }
    default:
      throw new Error(`A step of type ${step.type} makes no call`);
  }
}

function noInput({ fault, what }: EvaluationFault): CallResult {
  const code = fault === 'missing' ? 'input_missing' : fault;
  return { kind: 'failed', code, message: `${what}: ${fault.replaceAll('_', ' ')}`, final: true };
}

function noPlugin(name: string): CallResult {
  const message = `This edge has no plug-in for ${name}: configure one.`;
  return { kind: 'failed', code: 'no_plugin', message, final: true };
}
