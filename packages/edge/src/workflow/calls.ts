/** Makes the calls of workflows: of functions outside of the store, of requests, of plug-ins. */
import { must } from '@holdfast/base';
import type { Call, CallContext, CallResult, CallTarget, Scope } from '@holdfast/workflow';
import type { WorkflowReads } from '../store/workflow-reads.ts';
import { doubtsOf } from './functions/doubts.ts';
import type { OutsidePorts, OutsideUse } from './functions/function.ts';
import type { FunctionSet } from './functions/index.ts';
import { callHttp, type HttpCallOptions } from './http-call.ts';
import type { Plugins } from './plugins.ts';

export type CallerOptions = {
  reads: Pick<WorkflowReads, 'program' | 'timeline'>;
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
    ...{ key: call.key, undoes: call.undoes, instanceId, currency, nowMs: options.nowMs(), signal },
    doubts: () => doubtsOf(options.reads.timeline(instanceId), call.visit),
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
  const of = { program, block, scope, timeoutMs: call.timeout_ms, signal };
  switch (step.type) {
    case 'HTTP':
      return await callHttp({ ...of, step, key: call.key }, options.http);
    case 'AI_INFERENCE':
      return await options.plugins.AI_INFERENCE({ ...of, step });
    case 'WASM':
      return await options.plugins.WASM({ ...of, step });
    default:
      throw new Error(`A step of type ${step.type} makes no call`);
  }
}
