/** Workflows in memory with a driver on a virtual clock, for tests: a crash drops everything but the rows. */
import { createVirtualPorts, must, type VirtualPorts } from '@holdfast/base';
import type { Definition } from '../definition/model.ts';
import type { Program } from '../definition/program.ts';
import type { FunctionSpec } from '../functions.ts';
import type { Json, JsonObject } from '../types.ts';
import { createDriver, type Driver } from './driver.ts';
import type { Call } from './events.ts';
import { type Handled, handle, type Order } from './handle.ts';
import type { CallResult, Instance } from './instance.ts';
import { MemoryRows } from './testing-rows.ts';

/** A function of a test: `run` for a pure or local one. */
export type TestFunction = FunctionSpec & { run?: (input: JsonObject, key: string) => Json };

export type WorldOptions = {
  programs: readonly Program[];
  functions: readonly TestFunction[];
  /** Answers calls. */
  call(call: Call): Promise<CallResult> | CallResult;
  /** Throws to play a commit that failed; called before the commit of each order with their count. */
  beforeCommit?: (commits: number) => void;
};

/** Turns of the microtask queue after which nothing moves any more by itself. */
const TURNS = 200;

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
}

/** Its methods are fields, so that a test may take them out of it. */
export class TestWorld {
  readonly ports: VirtualPorts = createVirtualPorts({ seed: 1 });
  readonly memory: MemoryRows;
  /** Calls that were made, in order. */
  readonly calls: Call[] = [];
  readonly #options: WorldOptions;
  readonly #functions: ReadonlyMap<string, TestFunction>;
  #commits = 0;
  #boots = 0;
  #starts = 0;
  #life: { driver: Driver; stop: AbortController; running: Promise<void> };

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#functions = new Map(options.functions.map((spec) => [spec.name, spec]));
    this.memory = new MemoryRows(options.programs);
    this.#life = this.#begin();
  }

  /** Starts a workflow and returns its id; `input` as JSON. */
  readonly start = async (
    workflowType: string,
    input: JsonObject = {},
    businessKey: string | null = null,
  ): Promise<string> => {
    this.#starts += 1;
    const handled = await this.order({
      kind: 'start',
      instance_id: `00000000-0000-7000-8000-${String(this.#starts).padStart(12, '0')}`,
      workflow_type: workflowType,
      business_key: businessKey,
      input,
      currency: 'SEK',
      by: null,
    });
    return handled.instance_id;
  };

  readonly order = async (order: Order): Promise<Handled> => {
    const handled = await this.#life.driver.order(order);
    await settle();
    return handled;
  };

  readonly get = (instanceId: string): Instance => this.memory.get(instanceId);

  /** Lets everything happen that happens within `ms`. */
  readonly pass = async (ms: number): Promise<void> => {
    await settle();
    await this.ports.advance(ms);
    await settle();
  };

  /** Ends the process and starts it anew on the same rows. */
  readonly crash = async (): Promise<void> => {
    await this.close();
    this.#life = this.#begin();
    await settle();
  };

  readonly close = async (): Promise<void> => {
    const { stop, running } = this.#life;
    stop.abort();
    await settle();
    await running;
  };

  #begin() {
    this.#boots += 1;
    const stop = new AbortController();
    const driver = createDriver({
      submit: async (order) => this.#submit(order),
      call: async (call) => {
        this.calls.push(call);
        return await this.#options.call(call);
      },
      due: (nowMs) => this.memory.due(nowMs),
      nextWakeMs: () => this.memory.nextWakeMs(),
      underWay: (after, limit) => this.memory.underWay(after, limit),
      nowMs: () => this.ports.clock.nowMs(),
      ports: this.ports,
      onError: () => undefined,
    });
    return { driver, stop, running: driver.run(stop.signal) };
  }

  #submit(order: Order): Handled {
    const { store, commit } = this.memory.begin();
    const handled = handle(order, {
      store,
      functions: this.#functions,
      runLocal: ({ function: name, input, key }) =>
        must(this.#functions.get(name)?.run, `${name} runs here`)(input, key),
      nowMs: this.ports.clock.nowMs(),
      random: this.ports.random,
      boot: String(this.#boots),
    });
    this.#commits += 1;
    this.#options.beforeCommit?.(this.#commits);
    commit();
    return handled;
  }
}

/** The parts of a definition that a test does not care about. */
export function definitionOf(
  of: Pick<Definition, 'workflow_type' | 'steps'> & Partial<Definition>,
): Definition {
  return {
    v: 1,
    workflow_version: null,
    description: null,
    state: {},
    deadline_ms: null,
    saga: true,
    ...of,
  };
}
