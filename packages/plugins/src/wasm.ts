/**
 * Runs WASI modules, each named by the SHA-256 of its file, `<sha256>.wasm`: JSON in, JSON out, and nothing in between
 * (see `wasi.ts` and `module-bounds.ts`). They run in a thread of their own, one after the other, each call in an
 * instance of its own; a module that does not end is ended with the thread.
 */
import { join } from 'node:path';
import type { Ports } from '@holdfast/base';
import { checkFields, type Json, type JsonObject } from '@holdfast/workflow';
import { type Failure, finalFailure } from './failure.ts';
import { PluginThread } from './plugin-thread.ts';
import type { WasmStep } from './steps.ts';
import type { ModuleRun } from './wasi.ts';

export type WasmOptions = {
  /** Holds the modules. */
  folder: string;
  ports: Ports;
  /** Told what a module wrote to its standard error, at most 4 KiB of it; what it says is not to be trusted. */
  onStderr?(of: { module: string; text: string }): void;
};

export type WasmRequest = Pick<WasmStep, 'module' | 'entrypoint'> & {
  /** At most 256 KiB of JSON. */
  input: JsonObject;
  /** Until there is an answer; null: 5 s. */
  timeoutMs: number | null;
  signal?: AbortSignal;
};

export type Wasm = {
  /**
   * What a module writes, read as JSON, or why there is nothing: `module_unknown`, `module_damaged`, `module_refused`,
   * `module_failed`, `bad_input`, `bad_output`, `timed_out`, `cancelled`, `plugin_crashed`, `overloaded`. Does not
   * reject.
   */
  run(request: WasmRequest): Promise<{ kind: 'ok'; output: Json } | Failure>;
  /** Calls off what is under way, and ends the thread. */
  close(): Promise<void>;
};

/** What the thread loads. */
export type LoadModule = { path: string; sha256: string };

/** What the thread runs. */
export type RunModule = ModuleRun & { sha256: string };

/** Bytes of the streams. */
export type ModuleAnswer = { result: { stdout: Uint8Array } | Failure; stderr: Uint8Array };

const TIMEOUT_MS = 5_000;
const INPUT_BYTES_MAX = 262_144;
const SEED_BYTES = 32;
const SHA256 = /^[0-9a-f]{64}$/;
/** Of JavaScript; the memory of a module lies outside of it. Well above what a module of the largest size can cause. */
const HEAP = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 };

export function createWasm(options: WasmOptions): Wasm {
  const script = new URL('./wasm-thread.ts', import.meta.url);
  const thread = new PluginThread<LoadModule, RunModule, ModuleAnswer>({
    ...{ script, resourceLimits: HEAP, timers: options.ports.timers },
  });
  return {
    run: (request) => runWasm(request, { ...options, thread }),
    close: () => thread.close(),
  };
}

type Context = WasmOptions & { thread: PluginThread<LoadModule, RunModule, ModuleAnswer> };

async function runWasm(request: WasmRequest, context: Context): ReturnType<Wasm['run']> {
  const { module: sha256, entrypoint, timeoutMs, signal } = request;
  const { clock, random } = context.ports;
  if (!SHA256.test(sha256))
    return finalFailure('module_unknown', `"${sha256}" is not the SHA-256 of a module, in lower case.`);
  const stdin = new TextEncoder().encode(JSON.stringify(request.input));
  if (stdin.length > INPUT_BYTES_MAX)
    return finalFailure('bad_input', `The input has ${stdin.length} bytes, more than ${INPUT_BYTES_MAX}.`);
  const result = await context.thread.call({
    prepare: { path: join(context.folder, `${sha256}.wasm`), sha256 },
    run: {
      ...{ sha256, entrypoint, stdin, seed: random.bytes(SEED_BYTES) },
      ...{ nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() },
    },
    ...{ timeoutMs: timeoutMs ?? TIMEOUT_MS, signal },
  });
  if (!('answer' in result)) return result;
  const { stderr, result: outcome } = result.answer;
  if (stderr.length > 0) context.onStderr?.({ module: sha256, text: Buffer.from(stderr).toString('utf8') });
  return 'stdout' in outcome ? outputOf(outcome.stdout) : outcome;
}

/** JSON holds no amounts, so that any currency will do to check it. */
const NO_MONEY = 'EUR';

function outputOf(stdout: Uint8Array): { kind: 'ok'; output: Json } | Failure {
  const json = parseJson(stdout);
  if (json === undefined) return finalFailure('bad_output', 'The module did not write JSON in UTF-8.');
  const checked = checkFields(
    { output: json },
    { output: { type: 'json' } },
    { currency: NO_MONEY, where: 'closed' },
  );
  if (checked.ok) return { kind: 'ok', output: checked.value.output ?? null };
  const [fault] = checked.faults;
  return finalFailure(
    'bad_output',
    `The module wrote JSON that is not kept: ${fault?.pointer}: ${fault?.detail}`,
  );
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined; // The caller says what was expected.
  }
}
