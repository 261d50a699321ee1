/**
 * What a module finds around it: WASI preview 1 with a standard input, output and error, and nothing else. No files, no
 * network, no environment, no arguments; the clock stands still, and what looks random follows from a seed. The same
 * call gives the same answer.
 *
 * What the library behind it would make of a request, in memory of the engine, is bounded here: vectors have at most
 * `IOVECS_MAX` parts, and a path is never read.
 */
import { type Cipheriv, createCipheriv } from 'node:crypto';
import { wasi as defs, WASI, WASIProcExit } from '@bjorn3/browser_wasi_shim';
import { type Failure, finalFailure } from './failure.ts';
import { Sink, Source, TooMuch } from './streams.ts';
import { exportsOf, importsOf, instantiate, isMemory, type WasmModule } from './web-assembly.ts';

export type ModuleRun = {
  entrypoint: string;
  stdin: Uint8Array;
  /** What its clocks say: since 1970, and since whenever. */
  nowMs: number;
  monotonicMs: number;
  /** 32 bytes. */
  seed: Uint8Array;
};

export type ModuleOutcome = {
  result: { stdout: Uint8Array } | Failure;
  /** What it wrote to its standard error, up to {@link STDERR_BYTES_MAX}. */
  stderr: Uint8Array;
};

export const STDOUT_BYTES_MAX = 262_144;
export const STDERR_BYTES_MAX = 4_096;
const IOVECS_MAX = 1_024;
const WASI_MODULE = 'wasi_snapshot_preview1';
/** The entry point of a module that names none; a command has `_start` instead. */
const DEFAULT_ENTRY = 'execute';
const COMMAND_ENTRY = '_start';
const INITIALIZE = '_initialize';

/** Why a module cannot run here, to end a sentence: what it imports, and what it must export. */
export function unfitness(module: WasmModule): string | undefined {
  const known = new WASI([], [], [], { debug: false }).wasiImport;
  const foreign = importsOf(module).find(
    (it) => it.module !== WASI_MODULE || it.kind !== 'function' || !Object.hasOwn(known, it.name),
  );
  if (foreign !== undefined)
    return `it imports ${foreign.module}.${foreign.name}, which is not a function of WASI preview 1`;
  const hasMemory = exportsOf(module).some(({ name, kind }) => name === 'memory' && kind === 'memory');
  return hasMemory ? undefined : 'it does not export its memory';
}

/** Runs a module that is fit, from its start to its end. It may not end: whoever calls this can end its thread. */
export function runModule(module: WasmModule, run: ModuleRun): ModuleOutcome {
  const stdout = new Sink({ bytesMax: STDOUT_BYTES_MAX, beyond: 'throw' });
  const stderr = new Sink({ bytesMax: STDERR_BYTES_MAX, beyond: 'drop' });
  const end = (result: ModuleOutcome['result']) => ({ result, stderr: stderr.bytes() });
  const entry = entryOf(module, run.entrypoint);
  if (entry === undefined)
    return end(finalFailure('module_refused', `The module does not export a function ${run.entrypoint}.`));
  const host = new WASI([], [], [new Source(run.stdin), stdout, stderr], { debug: false });
  try {
    const code = start(host, { module, entry, run });
    if (code === 0) return end({ stdout: stdout.bytes() });
    return end(finalFailure('module_failed', `The module ended with the code ${code}.`));
  } catch (error) {
    if (error instanceof TooMuch)
      return end(finalFailure('bad_output', `The module wrote more than ${STDOUT_BYTES_MAX} bytes.`));
    // Traps, a stack that is too deep, memory that is not there: all of them are of the module's making.
    return end(finalFailure('module_failed', `The module failed: ${String(error)}.`));
  }
}

/** The exit code: what it gave to `proc_exit`, or what the entry point returned, if anything. */
function start(host: WASI, of: { module: WasmModule; entry: string; run: ModuleRun }): number {
  const names = new Set(importsOf(of.module).map(({ name }) => name));
  const imports = { [WASI_MODULE]: importsFor(host, names, of.run) };
  try {
    host.inst = NO_INSTANCE;
    const exports = instantiate(of.module, imports);
    if (!isMemory(exports.memory)) throw new Error('the memory of a module was looked for');
    host.inst = { exports: { memory: exports.memory } };
    if (of.entry !== COMMAND_ENTRY) call(exports[INITIALIZE]);
    return Number(call(exports[of.entry]) ?? 0);
  } catch (error) {
    if (error instanceof WASIProcExit) return error.code;
    throw error;
  }
}

/** Until a module is instantiated nobody sees its memory, and its start function can call out nonetheless. */
const NO_INSTANCE: WASI['inst'] = {
  exports: {
    get memory(): never {
      throw new Error('a start function may not call out');
    },
  },
};

function call(entry: unknown): unknown {
  return typeof entry === 'function' ? entry() : undefined;
}

function entryOf(module: WasmModule, wanted: string): string | undefined {
  const has = (entry: string) =>
    exportsOf(module).some(({ name, kind }) => name === entry && kind === 'function');
  if (has(wanted)) return wanted;
  return wanted === DEFAULT_ENTRY && has(COMMAND_ENTRY) ? COMMAND_ENTRY : undefined;
}

type Call = (...args: number[]) => unknown;

/** The functions that are asked for: ours where the library would reach out, and its own for the streams. */
function importsFor(host: WASI, names: ReadonlySet<string>, run: ModuleRun): Record<string, unknown> {
  const own = ownCalls(host, run);
  return Object.fromEntries(
    [...names].map((name) => {
      if (/^(path|sock)_/.test(name)) return [name, () => defs.ERRNO_NOTCAPABLE];
      const theirs = host.wasiImport[name];
      return [name, own[name] ?? (/^fd_p?(read|write)$/.test(name) ? bounded(theirs) : theirs)];
    }),
  );
}

/** `fd`, the parts, how many there are: the third is bounded. */
function bounded(theirs: ((...args: unknown[]) => unknown) | undefined): Call {
  return (...args) => ((args[2] ?? 0) >>> 0 > IOVECS_MAX ? defs.ERRNO_INVAL : theirs?.(...args));
}

function ownCalls(host: WASI, run: ModuleRun): Record<string, unknown> {
  let random: Cipheriv | undefined;
  const memory = () => host.inst.exports.memory.buffer;
  const milliseconds = new Map([
    [defs.CLOCKID_REALTIME, run.nowMs],
    [defs.CLOCKID_MONOTONIC, run.monotonicMs],
  ]);
  return {
    clock_time_get(clock: number, _precision: bigint, at: number) {
      const ms = milliseconds.get(clock);
      if (ms === undefined) return defs.ERRNO_INVAL;
      new DataView(memory()).setBigUint64(at >>> 0, BigInt(Math.round(ms * 1e6)), true);
      return defs.ERRNO_SUCCESS;
    },
    random_get(at: number, length: number) {
      const target = new Uint8Array(memory(), at >>> 0, length >>> 0);
      random ??= createCipheriv('aes-256-ctr', run.seed, new Uint8Array(16));
      for (let done = 0; done < target.length; done += ZEROS.length)
        target.set(random.update(ZEROS.subarray(0, target.length - done)), done);
      return defs.ERRNO_SUCCESS;
    },
    // A clock that stands still has nothing to wait for.
    poll_oneoff: () => defs.ERRNO_NOTSUP,
    proc_raise: () => defs.ERRNO_NOTSUP,
    sched_yield: () => defs.ERRNO_SUCCESS,
  };
}

const ZEROS = new Uint8Array(65_536);
