import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { must, systemPorts } from '@holdfast/base';
import { type JsonObject, loadDefinition, type Program, type Step } from '@holdfast/workflow';
import { afterAll, describe, expect, it } from 'vitest';
import { finalFailure, passingFailure } from './failure.ts';
import { createInference, type Inference, type InferenceRequest } from './inference.ts';
import { inferenceCalls, type StepCall, wasmCalls } from './step-calls.ts';
import type { InferenceStep, WasmStep } from './steps.ts';
import { createWasm, type WasmRequest } from './wasm.ts';

const PROJECT = new URL('../../../', import.meta.url);
const folder = (name: string) => fileURLToPath(new URL(name, PROJECT));
const HOST = { functions: new Map(), models: new Map(), defaultModel: {} };
const MODULE = 'ab'.repeat(32);
const { signal } = new AbortController();

/** A workflow whose first step is this one. */
function programOf(step: string): Program {
  const loaded = loadDefinition(
    `workflow_type: Test\nstate: { amount: money, note: string? }\nsteps:\n- name: Ask\n${step}`,
    HOST,
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.program;
}

function stepOf<T extends Step['type']>(program: Program, type: T): Extract<Step, { type: T }> {
  const [step] = program.definition.steps.filter((it): it is Extract<Step, { type: T }> => it.type === type);
  return must(step, `the workflow has a step of type ${type}`);
}

function callOf<S extends InferenceStep | WasmStep>(
  it: { program: Program; step: S },
  state: JsonObject = { amount: '12.50' },
): StepCall<S> {
  const scope = { state, currency: 'SEK', nowMs: 0 };
  return { ...it, block: '', scope, timeoutMs: 2_000, signal };
}

const SCORE = '  type: AI_INFERENCE\n  model_name: m\n  input_source: "[state.amount, decimal(2)]"\n';
const RATE = `  type: WASM\n  wasm_hash: "${MODULE}"\n  input: { amount: "state.amount", note: "state.note" }\n`;

/** A plug-in that answers what it is told, and keeps what it was asked. */
function fakeInference(answer: Awaited<ReturnType<Inference['run']>>) {
  const asked: InferenceRequest[] = [];
  const run: Inference['run'] = async (request) => {
    asked.push(request);
    return answer;
  };
  return { asked, plugin: { run, close: async () => undefined } };
}

describe('a step that asks a model', () => {
  it('works its input out, and has its answer a little before its time is over', async () => {
    const program = programOf(`${SCORE}  postprocessing: threshold\n  threshold: 0.7\n`);
    const output = { score: 1, probabilities: [0, 1], latency_ms: 1, model_sha256: MODULE };
    const { asked, plugin } = fakeInference({ kind: 'ok', output });
    const result = await inferenceCalls(plugin)(callOf({ program, step: stepOf(program, 'AI_INFERENCE') }));
    expect(result).toEqual({ kind: 'ok', output });
    expect(asked).toEqual([
      {
        ...{
          model: 'm',
          input: ['12.50', '2.00'],
          preprocess: 'none',
          postprocess: 'threshold',
          threshold: 0.7,
        },
        ...{ timeoutMs: 1_975, signal },
      },
    ]);
  });

  it('leaves what to do about a failure to whoever asks', async () => {
    const late = passingFailure('timed_out', 'late');
    const program = programOf(`${SCORE}  fallback_on_error: skip\n`);
    const { plugin } = fakeInference(late);
    expect(await inferenceCalls(plugin)(callOf({ program, step: stepOf(program, 'AI_INFERENCE') }))).toEqual(
      late,
    );
  });

  it('of another runtime finds none here', async () => {
    const { plugin, asked } = fakeInference(passingFailure('overloaded', 'x'));
    const program = programOf(`${SCORE}  runtime: tflite\n`);
    const result = await inferenceCalls(plugin)(callOf({ program, step: stepOf(program, 'AI_INFERENCE') }));
    expect(result).toMatchObject({ kind: 'failed', code: 'no_plugin', final: true });
    expect(asked).toEqual([]);
  });
});

describe('a step that runs a module', () => {
  it('gives what it has, and fails for what is missing', async () => {
    const asked: WasmRequest[] = [];
    const run = async (request: WasmRequest) => {
      asked.push(request);
      return { kind: 'ok', output: { points: 1 } } as const;
    };
    const calls = wasmCalls({ run, close: async () => undefined });
    const program = programOf(RATE);
    const step = stepOf(program, 'WASM');
    const state = { amount: '12.50', note: 'x' };
    expect(await calls(callOf({ program, step }, state))).toEqual({ kind: 'ok', output: { points: 1 } });
    expect(asked).toMatchObject([{ module: MODULE, entrypoint: 'execute', input: state, timeoutMs: 1_975 }]);
    expect(await calls(callOf({ program, step }))).toEqual(
      finalFailure('bad_input', 'The input cannot be worked out: state.note: missing.'),
    );
    expect(asked).toHaveLength(1);
  });
});

describe('the example of all types', () => {
  const inference = createInference({ folder: folder('models'), ports: systemPorts });
  const wasm = createWasm({ folder: folder('wasm'), ports: systemPorts });
  afterAll(async () => {
    await inference.close();
    await wasm.close();
  });

  /** The steps of the example, read on their own: their functions are of the edge. */
  function example(name: string): Program {
    const text = readFileSync(new URL('examples/workflows/all-types.yaml', PROJECT), 'utf8');
    const [, state] = /^state:\n(.*?)^\S/ms.exec(text) ?? [];
    const [, step] = new RegExp(`^  - name: "${name}"\n(.*?)(?=^  - name)`, 'ms').exec(text) ?? [];
    const loaded = loadDefinition(
      `workflow_type: "One"\nstate:\n${state}\nsteps:\n  - name: "${name}"\n${step}`,
      HOST,
    );
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    return loaded.program;
  }

  it('asks a model that is there', async () => {
    const program = example('Score');
    const step = { ...stepOf(program, 'AI_INFERENCE'), on_error: 'fail' } as const;
    const state = { readings: ['800.00', '3', '200', '3', '5', '1'] };
    const call = { ...callOf({ program, step }, state), timeoutMs: 30_000 };
    expect(await inferenceCalls(inference)(call)).toMatchObject({ kind: 'ok', output: { label: 'fraud' } });
  });

  it('runs a module that is there', async () => {
    const program = example('Rate');
    const step = { ...stepOf(program, 'WASM'), on_error: 'fail' } as const;
    const state = { amount: '125.00', currency: 'SEK' };
    const call = { ...callOf({ program, step }, state), timeoutMs: 30_000 };
    expect(await wasmCalls(wasm)(call)).toEqual({ kind: 'ok', output: { points: 12 } });
  });
});
