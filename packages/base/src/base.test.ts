import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError, assert, must, unreachable } from './assert.ts';
import { AppError, CODES, faultsOf, isAppError } from './errors.ts';
import { isUuid, isUuidV7, randomId, uuidV7, uuidV8 } from './ids.ts';
import { backoffMs, supervise } from './service.ts';
import { systemPorts, systemRandom, systemTimers } from './system.ts';
import { createVirtualPorts } from './virtual.ts';

describe('ids', () => {
  it('UUIDv7 carry the time and sort by it', () => {
    const ports = createVirtualPorts({ seed: 1, startMs: 0x0190_0000_0000 });
    const id = uuidV7(ports);
    expect(id.slice(0, 13)).toBe('01900000-0000');
    expect([isUuid(id), isUuidV7(id), isUuidV7(id.toUpperCase())]).toEqual([true, true, false]);
  });

  it('UUIDv8 keep 122 bits of a hash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 32 }), (hash) => {
        const id = uuidV8(hash);
        expect(isUuid(id)).toBe(true);
        expect(id[14]).toBe('8');
      }),
    );
  });
});

describe('the system timers', () => {
  it('wait also for longer than Node counts', async () => {
    const end = new AbortController();
    const fired: string[] = [];
    const cancel = systemTimers.after(2 ** 40, () => fired.push('after'));
    const slept = systemTimers.sleep(2 ** 40, end.signal).then(() => fired.push('sleep'));
    await systemTimers.sleep(20);
    expect(fired).toEqual([]);
    cancel();
    end.abort();
    await slept;
  });
});

describe('the system random source', () => {
  it('never hands out the same bytes twice, whatever the lengths', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 20_000; i += 1) seen.add(randomId(systemRandom));
    expect(seen.size).toBe(20_000);
    for (const length of [0, 1, 1024, 1025, 4096, 10_000])
      expect(systemRandom.bytes(length).length).toBe(length);
    for (let i = 0; i < 1_000; i += 1) expect(Math.floor(systemRandom.unit())).toBe(0);
  });
});

describe('backoff', () => {
  it('is one second and a jitter drawn after the cap', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.integer(), (failures, seed) => {
        const { random } = createVirtualPorts({ seed });
        const ms = backoffMs({ failures, random });
        expect(ms).toBeGreaterThanOrEqual(1_000);
        expect(ms).toBeLessThanOrEqual(1_000 * (1 + Math.min(120, 2 ** failures)));
      }),
    );
  });
});

describe('a supervised service', () => {
  it('is started again after a failure, and ends when it is told to', async () => {
    const ports = createVirtualPorts({ seed: 5 });
    const stop = new AbortController();
    const failures: number[] = [];
    let runs = 0;
    const service = {
      name: 'brittle',
      async run(signal: AbortSignal) {
        runs += 1;
        if (runs < 4) throw new Error('again');
        await ports.timers.sleep(1e9, signal);
      },
    };
    const running = supervise(service, {
      ports,
      signal: stop.signal,
      onFailure: ({ retryInMs }) => failures.push(retryInMs),
    });
    await ports.advance(120_000);
    expect([runs, failures.length]).toEqual([4, 3]);
    stop.abort();
    await running;
  });
});

describe('virtual ports', () => {
  it('fire timers in the order of their time and give the same run for the same seed', async () => {
    const run = async (seed: number) => {
      const ports = createVirtualPorts({ seed });
      const trace: string[] = [];
      for (let i = 0; i < 5; i += 1) {
        const delayMs = Math.floor(ports.random.unit() * 1_000);
        ports.timers.after(delayMs, () => trace.push(`${ports.clock.monotonicMs()}`));
      }
      await ports.advance(1_000);
      return trace;
    };
    const trace = await run(9);
    expect(trace.map(Number)).toEqual([...trace.map(Number)].sort((a, b) => a - b));
    expect(await run(9)).toEqual(trace);
    expect(await run(10)).not.toEqual(trace);
  });
});

describe('errors', () => {
  it('take status and retry from the table', () => {
    const error = new AppError('no_room', 'full', { cause: new Error('inner') });
    expect([error.status, error.retry, isAppError(error, 'no_room'), isAppError(error, 'offline')]).toEqual([
      507,
      'never',
      true,
      false,
    ]);
    for (const code of Object.values(CODES)) expect(code.action.length).toBeGreaterThan(5);
  });

  it('name places by JSON pointers', () => {
    expect(faultsOf([{ path: ['a/b', 0, 'c~d'], message: 'wrong' }])).toEqual([
      { pointer: '/a~1b/0/c~0d', detail: 'wrong' },
    ]);
  });

  it('assertions throw', () => {
    expect(() => assert(false, 'no')).toThrow(AssertionError);
    expect(() => must(undefined, 'no')).toThrow(AssertionError);
    expect(() => unreachable('x' as never)).toThrow(AssertionError);
    expect(systemPorts.clock.nowMs()).toBeGreaterThan(1_700_000_000_000);
  });
});
