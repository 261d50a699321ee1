/** The thread of modules: checks, compiles and runs them. */
import { parentPort } from 'node:worker_threads';
import { must } from '@holdfast/base';
import { type Failure, finalFailure } from './failure.ts';
import { MODULE_BYTES_MAX, refusalOf } from './module-bounds.ts';
import { readVerified } from './read-verified.ts';
import { serve } from './serve.ts';
import { runModule, unfitness } from './wasi.ts';
import type { LoadModule, ModuleAnswer, RunModule } from './wasm.ts';
import { compileModule, type WasmModule } from './web-assembly.ts';

/** Modules that are kept compiled. */
const MODULES_MAX = 16;

/** By the SHA-256 of the file; what was used last stands last. */
const modules = new Map<string, WasmModule>();

serve<LoadModule, RunModule, ModuleAnswer>(parentPort, {
  async prepare(wanted) {
    const known = modules.get(wanted.sha256);
    const loaded = known === undefined ? load(wanted) : { module: known };
    if (!('module' in loaded)) return loaded;
    modules.delete(wanted.sha256);
    modules.set(wanted.sha256, loaded.module);
    const [oldest] = modules.keys();
    if (modules.size > MODULES_MAX && oldest !== undefined) modules.delete(oldest);
    return undefined;
  },
  async run({ sha256, ...run }) {
    const module = must(modules.get(sha256), 'a module is loaded before it runs');
    return { answer: runModule(module, run) };
  },
});

function load({ path, sha256 }: LoadModule): { module: WasmModule } | Failure {
  const file = readVerified({ path, sha256, bytesMax: MODULE_BYTES_MAX });
  if (file.kind === 'missing') return finalFailure('module_unknown', `There is no ${path}: ${file.why}.`);
  if (file.kind === 'other')
    return finalFailure('module_damaged', `${path} is not the module of its name: ${file.why}.`);
  const bound = refusalOf(file.bytes);
  if (bound !== undefined) return finalFailure('module_refused', `${path} may not run: ${bound}.`);
  const compiled = compile(file.bytes);
  if (typeof compiled === 'string') return finalFailure('module_refused', `${path} cannot run: ${compiled}.`);
  const why = unfitness(compiled);
  return why === undefined
    ? { module: compiled }
    : finalFailure('module_refused', `${path} may not run: ${why}.`);
}

function compile(bytes: Uint8Array<ArrayBuffer>): WasmModule | string {
  try {
    return compileModule(bytes);
  } catch (error) {
    return error instanceof Error ? error.message : String(error); // It has the right name, and is no module.
  }
}
