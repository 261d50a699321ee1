/** Modules in the real thread, on the real clock: good ones, damaged ones, hostile ones. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { systemPorts } from '@holdfast/base';
import { sha256Hex } from '@holdfast/crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MODULE_BYTES_MAX } from './module-bounds.ts';
import { DROP, forever, type ModuleParts, wasmModule, write } from './testing-modules.ts';
import { createWasm, type Wasm, type WasmRequest } from './wasm.ts';

const PROJECT = fileURLToPath(new URL('../../../wasm/', import.meta.url));
const { 'loyalty-points': POINTS } = JSON.parse(readFileSync(join(PROJECT, 'modules.json'), 'utf8'));

let folder: string;
let wasm: Wasm;
let said: string[];
let workers: Worker[];
const note = (worker: Worker) => void workers.push(worker);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-wasm-'));
  [said, workers] = [[], []];
  process.on('worker', note);
  wasm = createWasm({ folder, ports: systemPorts, onStderr: ({ text }) => said.push(text) });
  copyIn(readFileSync(join(PROJECT, `${POINTS}.wasm`)));
});
afterEach(async () => {
  process.off('worker', note);
  await wasm.close();
  rmSync(folder, { recursive: true });
});

/** Puts a module into the folder, under its hash. */
function copyIn(bytes: Uint8Array): string {
  const name = sha256Hex(bytes);
  writeFileSync(join(folder, `${name}.wasm`), bytes);
  return name;
}

function run(module: string, more: Partial<WasmRequest> = {}) {
  return wasm.run({ module, entrypoint: 'execute', input: {}, timeoutMs: 10_000, ...more });
}

function points(amount: string, more: Partial<WasmRequest> = {}) {
  return run(POINTS, { input: { amount, currency: 'EUR' }, ...more });
}

const HANGS: ModuleParts = { code: forever([]) };

/** A module that writes a text. */
function writes(data: string): ModuleParts {
  const length = Buffer.byteLength(data);
  return {
    imports: [{ name: 'fd_write' }],
    data,
    code: [write({ index: 0, stream: 1, from: 0, length }), DROP],
  };
}

describe('a module', () => {
  it('answers fifty calls at once, each with its own', async () => {
    const amounts = Array.from({ length: 50 }, (_, index) => `${index}.99`);
    const answers = await Promise.all(amounts.map((amount) => points(amount)));
    expect(answers).toEqual(amounts.map((_, index) => ({ kind: 'ok', output: { points: index } })));
    expect(workers).toHaveLength(1);
  });

  it('that refuses its input has failed, and is heard', async () => {
    expect(await points('1.999')).toMatchObject({ kind: 'failed', code: 'module_failed', final: true });
    expect(said).toEqual(['loyalty-points: "amount" has more decimals than its currency\n']);
  });

  it.each(['{"a":[1,"å"]}', '7', 'null', ' "text"\n'])('gives the JSON it writes: %s', async (text) => {
    expect(await run(copyIn(wasmModule(writes(text))))).toEqual({ kind: 'ok', output: JSON.parse(text) });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"a":'],
    ['two of them', '1 2'],
    ['no number that is kept', '[9007199254740993]'],
    ['an infinite number', '1e999'],
    ['a name that is none', '{"__proto__":1}'],
    ['what is nested too deep', `${'['.repeat(900)}${']'.repeat(900)}`],
  ])('that writes %s has no answer', async (_, text) => {
    expect(await run(copyIn(wasmModule(writes(text))))).toMatchObject({ kind: 'failed', code: 'bad_output' });
  });

  it('whose text is not UTF-8 has no answer', async () => {
    const bytes = wasmModule(writes('"@"'));
    bytes[bytes.lastIndexOf(0x40)] = 0xff;
    expect(await run(copyIn(bytes))).toMatchObject({ kind: 'failed', code: 'bad_output' });
  });

  it('is not given more than it can take', async () => {
    const input = { text: 'x'.repeat(262_144) };
    expect(await run(POINTS, { input })).toMatchObject({ code: 'bad_input', final: true });
  });
});

describe('a file', () => {
  it('that is not there, or has no such name, is unknown', async () => {
    for (const module of ['0'.repeat(64), '../secret', POINTS.toUpperCase()])
      expect(await run(module)).toMatchObject({ kind: 'failed', code: 'module_unknown', final: true });
  });

  it('that was changed is not run, whether it still is a module or not', async () => {
    const bytes = readFileSync(join(folder, `${POINTS}.wasm`));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(join(folder, `${POINTS}.wasm`), bytes);
    expect(await points('1')).toMatchObject({ kind: 'failed', code: 'module_damaged', final: true });
    writeFileSync(join(folder, `${POINTS}.wasm`), new Uint8Array(MODULE_BYTES_MAX + 1));
    expect(await points('1')).toMatchObject({ kind: 'failed', code: 'module_damaged', final: true });
  });

  it('that is no module, or wants too much, is refused under its right name', async () => {
    const broken = wasmModule({ code: [0xff] });
    const hostile: ModuleParts[] = [{ memory: [0, 1] }, { imports: [{ module: 'env', name: 'fetch' }] }];
    for (const bytes of [Buffer.from('not a module'), broken, ...hostile.map(wasmModule)])
      expect(await run(copyIn(bytes))).toMatchObject({ kind: 'failed', code: 'module_refused', final: true });
    expect(await points('2')).toEqual({ kind: 'ok', output: { points: 2 } });
  });
});

describe('a module that does not end', () => {
  it('is ended when its time is over, and the next call is answered', async () => {
    const hangs = copyIn(wasmModule(HANGS));
    expect(await points('1')).toMatchObject({ kind: 'ok' });
    expect(await run(hangs, { timeoutMs: 200 })).toMatchObject({ kind: 'failed', code: 'timed_out' });
    expect(await points('3')).toEqual({ kind: 'ok', output: { points: 3 } });
    expect(workers).toHaveLength(2);
  });

  it('is ended when it is called off', async () => {
    const hangs = copyIn(wasmModule(HANGS));
    const controller = new AbortController();
    const call = run(hangs, { signal: controller.signal });
    const next = points('4');
    controller.abort();
    expect(await call).toMatchObject({ kind: 'failed', code: 'cancelled' });
    expect(await next).toEqual({ kind: 'ok', output: { points: 4 } });
  });

  it('is ended with its thread, by whoever ends that', async () => {
    const hangs = copyIn(wasmModule(HANGS));
    expect(await points('1')).toMatchObject({ kind: 'ok' });
    const calls = [run(hangs), points('5')];
    await workers[0]?.terminate();
    expect(await Promise.all(calls)).toMatchObject([
      { kind: 'failed', code: 'plugin_crashed' },
      { kind: 'ok', output: { points: 5 } },
    ]);
  });
});
