import type { Worker } from 'node:worker_threads';
import { createVirtualPorts, type VirtualPorts } from '@holdfast/base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Job, PluginThread, QUEUE_MAX } from './plugin-thread.ts';
import type { TestLoad, TestRun } from './testing-thread.ts';

let ports: VirtualPorts;
let thread: PluginThread<TestLoad, TestRun, string>;
/** Threads that were started. */
let workers: Worker[];
const note = (worker: Worker) => void workers.push(worker);

beforeEach(() => {
  ports = createVirtualPorts({ seed: 1 });
  workers = [];
  process.on('worker', note);
  thread = open('./testing-thread.ts');
});
afterEach(async () => {
  process.off('worker', note);
  await thread.close();
});

function open(script: string): PluginThread<TestLoad, TestRun, string> {
  const resourceLimits = { maxOldGenerationSizeMb: 64 };
  return new PluginThread({ script: new URL(script, import.meta.url), resourceLimits, timers: ports.timers });
}

function job(run: TestRun, more: Partial<Job<TestLoad, TestRun>> = {}): Job<TestLoad, TestRun> {
  return { prepare: {}, run, timeoutMs: 1_000, ...more };
}

const echo = (value: string) => job({ what: 'echo', value });

/** A flag that the thread sets, and the wait for it. */
function flag(): { told: Int32Array; isSet: () => Promise<unknown> } {
  const told = new Int32Array(new SharedArrayBuffer(4));
  return { told, isSet: async () => await Atomics.waitAsync(told, 0, 0).value };
}

describe('a thread', () => {
  it('answers fifty calls at once, one after the other, and is kept', async () => {
    const values = Array.from({ length: 50 }, (_, index) => `${index}`);
    const ended: string[] = [];
    const answers = await Promise.all(
      values.map(async (value) => {
        const answer = await thread.call(echo(value));
        ended.push(value);
        return answer;
      }),
    );
    expect(answers).toEqual(values.map((answer) => ({ answer })));
    expect(ended).toEqual(values);
    expect(workers).toHaveLength(1);
  });

  it('is started by the first call, not before', async () => {
    expect(workers).toHaveLength(0);
    await thread.call(echo('a'));
    expect(workers).toHaveLength(1);
  });

  it('passes on why it cannot load, or run', async () => {
    expect(await thread.call(job({ what: 'echo' }, { prepare: { fails: true } }))).toMatchObject({
      code: 'model_damaged',
      final: true,
    });
    expect(await thread.call(job({ what: 'fail' }))).toMatchObject({ code: 'bad_output', final: true });
    expect(await thread.call(echo('a'))).toEqual({ answer: 'a' });
    expect(workers).toHaveLength(1);
  });
});

describe('a thread that does not answer', () => {
  it('is ended when the time is over, and the next call has a new one', async () => {
    const { told, isSet } = flag();
    const hanging = thread.call(job({ what: 'hang', told }));
    const next = thread.call(echo('next'));
    await isSet();
    await ports.advance(999);
    expect(workers).toHaveLength(1);
    await ports.advance(1);
    expect(await hanging).toMatchObject({ kind: 'failed', code: 'timed_out' });
    // It waited behind the other, and its time was over at the same moment.
    expect(await next).toMatchObject({ kind: 'failed', code: 'timed_out' });
    expect(await thread.call(echo('later'))).toEqual({ answer: 'later' });
    expect(workers).toHaveLength(2);
  });

  it.each(['exit', 'throw'] as const)('but does %s is a crash of one call alone', async (what) => {
    const [crashed, next] = await Promise.all([thread.call(job({ what })), thread.call(echo('next'))]);
    expect(crashed).toMatchObject({ kind: 'failed', code: 'plugin_crashed' });
    expect(crashed).not.toHaveProperty('final');
    expect(next).toEqual({ answer: 'next' });
    expect(workers).toHaveLength(2);
  });

  it('because it was killed is replaced', async () => {
    const { told, isSet } = flag();
    const hanging = thread.call(job({ what: 'hang', told }));
    await isSet();
    await workers[0]?.terminate();
    expect(await hanging).toMatchObject({ code: 'plugin_crashed' });
    expect(await thread.call(echo('a'))).toEqual({ answer: 'a' });
  });

  it('to the start is given up', async () => {
    await thread.close();
    thread = open('./testing-modules.ts');
    const call = thread.call(job({ what: 'echo' }, { timeoutMs: 60_000 }));
    // That script has nothing to do, and ends.
    expect(await call).toMatchObject({ code: 'plugin_crashed' });
    const { told, isSet } = flag();
    const held = new Int32Array(new SharedArrayBuffer(4));
    await thread.close();
    thread = open('./testing-thread.ts');
    const loading = thread.call(job({ what: 'echo' }, { prepare: { told, held }, timeoutMs: 60_000 }));
    await isSet();
    await ports.advance(30_000);
    expect(await loading).toMatchObject({ code: 'plugin_crashed' });
  });
});

describe('a call', () => {
  it('whose time ends while the thread loads leaves the thread to the next', async () => {
    const held = new Int32Array(new SharedArrayBuffer(4));
    const { told, isSet } = flag();
    const early = thread.call(job({ what: 'hang' }, { prepare: { told, held }, timeoutMs: 10 }));
    await isSet();
    await ports.advance(10);
    expect(await early).toMatchObject({ code: 'timed_out' });
    const next = thread.call(echo('next'));
    Atomics.store(held, 0, 1);
    Atomics.notify(held, 0);
    expect(await next).toEqual({ answer: 'next' });
    expect(workers).toHaveLength(1);
  });

  it('that waits is forgotten when it is called off, and the one before it goes on', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const { told, isSet } = flag();
    const running = thread.call(job({ what: 'hang', told }, { signal: first.signal }));
    const waiting = thread.call(job({ what: 'echo' }, { signal: second.signal }));
    await isSet();
    second.abort();
    expect(await waiting).toMatchObject({ kind: 'failed', code: 'cancelled' });
    expect(workers).toHaveLength(1);
    first.abort();
    expect(await running).toMatchObject({ kind: 'failed', code: 'cancelled' });
    expect(await thread.call(job({ what: 'echo' }, { signal: first.signal }))).toMatchObject({
      code: 'cancelled',
    });
    expect(await thread.call(echo('a'))).toEqual({ answer: 'a' });
  });

  it('beyond those that may wait is refused at once', async () => {
    const { told, isSet } = flag();
    const running = thread.call(job({ what: 'hang', told }));
    await isSet();
    const waiting = Array.from({ length: QUEUE_MAX }, () => thread.call(echo('a')));
    expect(await thread.call(echo('one more'))).toMatchObject({ code: 'overloaded' });
    await ports.advance(1_000);
    const codes = new Set(
      (await Promise.all([running, ...waiting])).map((each) => 'code' in each && each.code),
    );
    expect(codes).toEqual(new Set(['timed_out']));
  });

  it('is called off by the end', async () => {
    const { told, isSet } = flag();
    const calls = [thread.call(job({ what: 'hang', told })), thread.call(echo('a'))];
    await isSet();
    await thread.close();
    for (const call of [...calls, thread.call(echo('later'))])
      expect(await call).toMatchObject({ kind: 'failed', code: 'cancelled' });
    expect(workers).toHaveLength(1);
  });
});
