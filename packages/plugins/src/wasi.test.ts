import { describe, expect, it } from 'vitest';
import {
  type Bytes,
  call,
  DROP,
  forever,
  i32,
  type ModuleParts,
  store,
  text,
  wasmModule,
  write,
} from './testing-modules.ts';
import { type ModuleRun, runModule, STDERR_BYTES_MAX, STDOUT_BYTES_MAX, unfitness } from './wasi.ts';
import { compileModule } from './web-assembly.ts';

const RUN: ModuleRun = {
  ...{ entrypoint: 'execute', stdin: new Uint8Array(), seed: new Uint8Array(32).fill(7) },
  ...{ nowMs: 1_767_225_600_000, monotonicMs: 12.5 },
};
const INVALID = 28;
const NOT_CAPABLE = 76;
const BAD_DESCRIPTOR = 8;
const NOT_SUPPORTED = 58;

function run(parts: ModuleParts, how: Partial<ModuleRun> = {}) {
  const { result, stderr } = runModule(compileModule(wasmModule(parts)), { ...RUN, ...how });
  if ('stdout' in result) return { out: Buffer.from(result.stdout), err: Buffer.from(stderr) };
  return { code: result.code, message: result.message, err: Buffer.from(stderr) };
}

/** Calls a function and writes `length` bytes of the memory from 0, unless it gave an error. */
function dump(it: {
  name: string;
  type: 'four' | 'two' | 'clock';
  args: Bytes;
  length: number;
}): ModuleParts {
  const checked = [it.args, call(0), 0x04, 0x40, 0x00, 0x0b];
  return {
    imports: [{ name: it.name, type: it.type }, { name: 'fd_write' }],
    code: [checked, write({ index: 1, stream: 1, from: 0, length: it.length }), DROP],
  };
}

/** Calls a function of four numbers and ends with its error number. */
function errorOf(name: string, args: readonly number[], type: 'four' | 'two' = 'four'): ModuleParts {
  return { imports: [{ name, type }], gives: true, code: [args.map(i32), call(0)] };
}

describe('a module', () => {
  it('reads its input from the first byte to the last', () => {
    const read = dump({
      ...{ name: 'fd_read', type: 'four', length: 8 },
      args: [store(2_048, 0), store(2_052, 8), i32(0), i32(2_048), i32(1), i32(2_056)],
    });
    const stdin = Buffer.from('{"a":1}');
    expect(run(read, { stdin }).out).toEqual(Buffer.from('{"a":1}\0'));
  });

  it('has clocks that stand still', () => {
    const clock = (id: number): ModuleParts =>
      dump({ name: 'clock_time_get', type: 'clock', args: [i32(id), 0x42, 0, i32(0)], length: 8 });
    expect(run(clock(0)).out?.readBigUInt64LE()).toBe(1_767_225_600_000_000_000n);
    expect(run(clock(1)).out?.readBigUInt64LE()).toBe(12_500_000n);
    expect(run(clock(2))).toMatchObject({ code: 'module_failed' });
    expect(run(errorOf('poll_oneoff', [0, 0, 1, 0]))).toMatchObject({ message: endsWith(NOT_SUPPORTED) });
  });

  it('draws what follows from the seed alone', () => {
    const random = dump({ name: 'random_get', type: 'two', args: [i32(0), i32(16)], length: 16 });
    const [first, again, other] = [
      run(random),
      run(random),
      run(random, { seed: new Uint8Array(32).fill(8) }),
    ];
    expect(first.out).toEqual(again.out);
    expect(first.out).not.toEqual(other.out);
    expect(new Set(first.out).size).toBeGreaterThan(4);
  });

  it('has no files, no network, no arguments and no environment', () => {
    expect(run(errorOf('path_unlink_file', [0, 0, 0, 0]))).toMatchObject({ message: endsWith(NOT_CAPABLE) });
    expect(run(errorOf('sock_accept', [0, 0, 0, 0]))).toMatchObject({ message: endsWith(NOT_CAPABLE) });
    expect(run(errorOf('fd_prestat_get', [3, 0], 'two'))).toMatchObject({
      message: endsWith(BAD_DESCRIPTOR),
    });
    for (const name of ['args_sizes_get', 'environ_sizes_get']) {
      const sizes = dump({ name, type: 'two', args: [store(0, 9), store(4, 9), i32(0), i32(4)], length: 8 });
      expect(run(sizes).out).toEqual(Buffer.alloc(8));
    }
  });

  it('ends with the code it gives, or returns', () => {
    const exit = (code: number): ModuleParts => ({
      imports: [{ name: 'proc_exit', type: 'one' }],
      code: [i32(code), call(0)],
    });
    expect(run(exit(0))).toMatchObject({ out: Buffer.alloc(0) });
    expect(run(exit(7))).toMatchObject({ code: 'module_failed', message: endsWith(7) });
    expect(run({ gives: true, code: i32(0) })).toMatchObject({ out: Buffer.alloc(0) });
    expect(run({ gives: true, code: i32(9) })).toMatchObject({ code: 'module_failed', message: endsWith(9) });
  });

  it('is entered where it says: a command at its start', () => {
    const command = (name: string): ModuleParts => ({
      imports: [{ name: 'fd_write' }],
      ...{
        exports: [
          [text('memory'), 2, 0],
          [text(name), 0, 1],
        ],
        data: 'hello',
      },
      code: [write({ index: 0, stream: 1, from: 0, length: 5 }), DROP],
    });
    expect(run(command('_start')).out).toEqual(Buffer.from('hello'));
    expect(run(command('_start'), { entrypoint: '_start' }).out).toEqual(Buffer.from('hello'));
    expect(run(command('rate'), { entrypoint: 'rate' }).out).toEqual(Buffer.from('hello'));
    for (const entrypoint of ['other', 'memory'])
      expect(run(command('_start'), { entrypoint })).toMatchObject({ code: 'module_refused' });
    expect(run(command('rate'))).toMatchObject({ code: 'module_refused' });
  });
});

describe('a module that misbehaves', () => {
  it.each([
    ['traps', { code: [0x00] }, 'unreachable'],
    ['calls itself for ever', { code: [call(0)] }, 'Maximum call stack size exceeded'],
    ['takes more memory than it may', { memory: [1, 1, 16], code: grow() }, 'unreachable'],
    [
      'points outside of its memory',
      { imports: [{ name: 'fd_write' }], code: [i32(1), i32(-8), i32(1), i32(0), call(0), DROP] },
      'Offset is outside the bounds of the DataView',
    ],
    [
      'wants random bytes beyond its memory',
      { imports: [{ name: 'random_get', type: 'two' }], code: [i32(0), i32(-1), call(0), DROP] },
      'Invalid typed array length',
    ],
    [
      'calls out before it is there',
      { imports: [{ name: 'fd_write' }], start: 1, code: writes(1) },
      'a start function may not call out',
    ],
  ] satisfies [string, ModuleParts, string][])('and %s has failed', (_, parts, why) => {
    expect(run(parts)).toMatchObject({ code: 'module_failed', message: expect.stringContaining(why) });
  });

  it('and writes for ever is ended; what it says of errors is cut', () => {
    const flood = (stream: number, then: Bytes): ModuleParts => ({
      imports: [{ name: 'fd_write' }],
      data: 'x'.repeat(1_000),
      code: [then.length === 0 ? forever([writes(stream)]) : [repeat(writes(stream)), then]],
    });
    expect(run(flood(1, []))).toMatchObject({ code: 'bad_output' });
    const said = run(flood(2, [0x00]));
    expect(said).toMatchObject({ code: 'module_failed' });
    expect(said.err).toEqual(Buffer.alloc(STDERR_BYTES_MAX, 'x'));
  });

  it('may write as much as is kept, to the byte', () => {
    const most = (length: number): ModuleParts => ({
      ...{ imports: [{ name: 'fd_write' }], memory: [1, 5, 5] },
      code: [write({ index: 0, stream: 1, from: 4_096, length }), DROP],
    });
    expect(run(most(STDOUT_BYTES_MAX)).out).toHaveLength(STDOUT_BYTES_MAX);
    expect(run(most(STDOUT_BYTES_MAX + 1))).toMatchObject({ code: 'bad_output' });
  });

  it('and asks for a vector of millions of parts is refused before they are made', () => {
    for (const name of ['fd_write', 'fd_read'])
      for (const count of [1_025, -1])
        expect(run(errorOf(name, [1, 0, count, 0]))).toMatchObject({ message: endsWith(INVALID) });
  });
});

describe('a module is not run', () => {
  it.each([
    ['imports the host', { imports: [{ module: 'env', name: 'abort' }] }, 'env.abort'],
    ['imports what WASI does not have', { imports: [{ name: 'launch' }] }, 'wasi_snapshot_preview1.launch'],
    [
      'imports a member of every object',
      { imports: [{ name: 'toString' }] },
      'wasi_snapshot_preview1.toString',
    ],
    ['imports a later WASI', { imports: [{ module: 'wasi:cli/run', name: 'run' }] }, 'wasi:cli/run.run'],
    ['hides its memory', { exports: [[text('execute'), 0, 0]] }, 'does not export its memory'],
  ] satisfies [string, ModuleParts, string][])('when it %s', (_, parts, why) => {
    expect(unfitness(compileModule(wasmModule(parts)))).toContain(why);
  });

  it('but otherwise it is', () => {
    expect(unfitness(compileModule(wasmModule({ imports: [{ name: 'path_open' }] })))).toBeUndefined();
  });
});

function endsWith(code: number) {
  return expect.stringMatching(new RegExp(` ${code}\\.$`));
}

/** A thousand bytes. */
function writes(stream: number): Bytes {
  const index = 0;
  return [write({ index, stream, from: 0, length: 1_000 }), DROP];
}

/** Ten times. */
function repeat(body: Bytes): Bytes {
  return Array.from({ length: 10 }, () => body);
}

/** Grows page by page and traps when there is no more. */
function grow(): Bytes {
  return forever([i32(1), 0x40, 0, i32(-1), 0x46, 0x04, 0x40, 0x00, 0x0b]);
}
