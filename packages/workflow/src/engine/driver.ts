/**
 * Drives instances from outside the store: makes the calls that were committed as intents, brings back what they
 * answer, and wakes what falls due. It holds nothing that matters: after a crash all of it is found in the rows.
 */
import { backoffMs, type Cancel, type Ports } from '@holdfast/base';
import type { Call, InstanceEvent } from './events.ts';
import type { Handled, Order, Touched } from './handle.ts';
import type { CallResult } from './instance.ts';

/** What a call is made for. */
export type CallContext = Pick<Touched, 'instance_id' | 'definition_hash' | 'currency'> & {
  signal: AbortSignal;
};

export type DriverOptions = {
  /** Carries out an order in a transaction; resolves once it is durable. */
  submit(order: Order): Promise<Handled>;
  /** Makes a call. A rejection means that nobody knows what became of it. */
  call(call: Call, context: CallContext): Promise<CallResult>;
  /** Instances that are due at `nowMs`, the earliest first. */
  due(nowMs: number, limit: number): string[];
  /** When the next one is due. */
  nextWakeMs(): number | null;
  /** Instances that a new process must look at, page by page: those after an id. */
  underWay(afterId: string, limit: number): string[];
  /** Time as the instances have it, in milliseconds. */
  nowMs(): number;
  ports: Ports;
  /** Told of orders of its own that failed; they are tried again. */
  onError(error: unknown, what: { instance_id: string }): void;
};

/** Calls that are under way at once; more wait. */
const CALLS_MAX = 256;
const PAGE = 200;
/** How long those that are due are waited for before others are looked at. */
const AGAIN_MS = 1_000;
/** What is called off, or late, may still say what became of it. */
const GRACE_MS = 5_000;
/** Timers of the platform count in 32 bits. */
const SLEEP_MAX_MS = 3_600_000;

const NOT_MADE = {
  kind: 'failed',
  code: 'cancelled',
  message: 'it was called off before it was made',
  final: true,
} as const satisfies CallResult;

export type Driver = {
  /** Carries out an order and sees to what follows from it. Rejects as `submit` does. */
  order(order: Order): Promise<Handled>;
  /** Goes on with everything that was under way, then wakes what falls due, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Calls that are under way or wait. */
  readonly calls: number;
  /** Resolves when no call is under way and nothing is to be continued. */
  idle(): Promise<void>;
};

type Waiting = { call: Call; touched: Touched };

export function createDriver(options: DriverOptions): Driver {
  return new WorkflowDriver(options);
}

class WorkflowDriver implements Driver {
  readonly #options: DriverOptions;
  readonly #underWay = new Map<string, AbortController>();
  readonly #waiting: Waiting[] = [];
  /** Instances that were told to go on and have not moved yet. */
  readonly #late = new Set<string>();
  #pending = 0;
  #wakeMs: number | null = null;
  #wake: (() => void) | undefined;
  /** Aborts when the process is about to end: what is not committed by then is found in the rows. */
  #end: AbortSignal = new AbortController().signal;
  readonly #idle: (() => void)[] = [];

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  get calls(): number {
    return this.#underWay.size + this.#waiting.length;
  }

  async order(order: Order): Promise<Handled> {
    const handled = await this.#options.submit(order);
    for (const each of handled.touched) this.#follow(each);
    return handled;
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#end = signal;
    const { due, nextWakeMs, nowMs, ports } = this.#options;
    await this.#recover(signal);
    while (!signal.aborted) {
      const ids = due(nowMs(), PAGE + this.#late.size).filter((id) => !this.#late.has(id));
      if (ids.length > 0) {
        await this.#tellAll(ids, { kind: 'due' }, signal);
        continue;
      }
      this.#wakeMs = nextWakeMs();
      const leftMs = this.#wakeMs === null ? SLEEP_MAX_MS : this.#wakeMs - nowMs();
      // What is due and not among those above is late: others may fall due before it moves.
      const waitMs = leftMs > 0 ? leftMs : AGAIN_MS;
      const early = new AbortController();
      this.#wake = () => early.abort();
      await ports.timers.sleep(Math.min(waitMs, SLEEP_MAX_MS), AbortSignal.any([signal, early.signal]));
    }
    for (const controller of this.#underWay.values()) controller.abort();
  }

  /** One that the store refuses holds up the others for a moment, and is then tried beside them. */
  async #tellAll(ids: readonly string[], event: InstanceEvent, signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const tell = async (id: string) => {
      this.#late.add(id);
      await this.#own(id, event);
      this.#late.delete(id);
    };
    const all = Promise.all(ids.map(tell)).then(() => done.abort());
    const tooLong = this.#options.ports.timers.sleep(AGAIN_MS, AbortSignal.any([signal, done.signal]));
    await Promise.race([all, tooLong]);
  }

  async idle(): Promise<void> {
    if (this.calls === 0 && this.#pending === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async #recover(signal: AbortSignal): Promise<void> {
    const { underWay } = this.#options;
    for (let after = ''; !signal.aborted; ) {
      const ids = underWay(after, PAGE);
      await this.#tellAll(ids, { kind: 'recover' }, signal);
      const last = ids.at(-1);
      if (last === undefined || ids.length < PAGE) return;
      after = last;
    }
  }

  /** An order of our own, given until it is taken. */
  async #own(instanceId: string, event: InstanceEvent): Promise<void> {
    const { ports, onError } = this.#options;
    this.#pending += 1;
    for (let failures = 0; !this.#end.aborted; failures += 1) {
      try {
        await this.order({ kind: 'event', instance_id: instanceId, event });
        break;
      } catch (error) {
        onError(error, { instance_id: instanceId });
        await ports.timers.sleep(backoffMs({ failures, random: ports.random, capSeconds: 60 }), this.#end);
      }
    }
    this.#pending -= 1;
    this.#tellIdle();
  }

  #follow(touched: Touched): void {
    for (const visit of touched.aborts) this.#callOff(nameOf(touched, visit));
    for (const call of touched.calls) this.#waiting.push({ call, touched });
    this.#makeCalls();
    if (touched.more) void this.#own(touched.instance_id, { kind: 'continue' });
    const { wake_ms } = touched;
    if (wake_ms !== null && (this.#wakeMs === null || wake_ms < this.#wakeMs)) {
      this.#wakeMs = wake_ms;
      this.#wake?.();
    }
  }

  #callOff(name: string): void {
    this.#underWay.get(name)?.abort();
    const index = this.#waiting.findIndex(({ call, touched }) => nameOf(touched, call.visit) === name);
    const [waiting] = index === -1 ? [] : this.#waiting.splice(index, 1);
    if (waiting === undefined) return;
    const { visit, attempt } = waiting.call;
    void this.#own(waiting.touched.instance_id, { kind: 'result', visit, attempt, result: NOT_MADE });
  }

  #makeCalls(): void {
    while (this.#underWay.size < CALLS_MAX && !this.#end.aborted) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      void this.#make(next);
    }
  }

  async #make({ call, touched }: Waiting): Promise<void> {
    const name = nameOf(touched, call.visit);
    const controller = new AbortController();
    this.#underWay.set(name, controller);
    const result = await this.#answerOf({ call, touched }, controller);
    this.#underWay.delete(name);
    this.#makeCalls();
    const { visit, attempt } = call;
    await this.#own(touched.instance_id, { kind: 'result', visit, attempt, result });
  }

  /** Whatever the call does, there is one answer, and it comes in time. */
  async #answerOf({ call, touched }: Waiting, controller: AbortController): Promise<CallResult> {
    const { ports } = this.#options;
    const { signal } = controller;
    const { instance_id, definition_hash, currency } = touched;
    const late = Promise.withResolvers<CallResult>();
    let message = 'it was called off and did not answer';
    let cancelGrace: Cancel = () => undefined;
    const giveUp = () => {
      cancelGrace = ports.timers.after(GRACE_MS, () => late.resolve({ kind: 'unknown', message }));
    };
    signal.addEventListener('abort', giveUp, { once: true });
    const { timeout_ms } = call;
    const onTimeout = () => {
      message = `no answer within ${timeout_ms} ms`;
      controller.abort();
    };
    const cancelTimeout = timeout_ms === null ? () => undefined : ports.timers.after(timeout_ms, onTimeout);
    try {
      const made = this.#options.call(call, { instance_id, definition_hash, currency, signal });
      return await Promise.race([made, late.promise]);
    } catch (error) {
      return { kind: 'unknown', message: error instanceof Error ? error.message : String(error) };
    } finally {
      cancelTimeout();
      cancelGrace();
      signal.removeEventListener('abort', giveUp);
    }
  }

  #tellIdle(): void {
    if (this.calls > 0 || this.#pending > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** A visit has one call under way at most. */
function nameOf({ instance_id }: Pick<Touched, 'instance_id'>, visit: number): string {
  return `${instance_id}/${visit}`;
}
