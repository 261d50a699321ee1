/** A store of instances in memory with a driver on a virtual clock, for tests: a crash drops everything but the rows. */
import { createVirtualPorts, must, type VirtualPorts } from '@holdfast/base';
import type { Definition } from '../definition/model.ts';
import type { Program } from '../definition/program.ts';
import type { FunctionSpec } from '../functions.ts';
import type { Json, JsonObject } from '../types.ts';
import { createDriver, type Driver } from './driver.ts';
import type { Call, ScheduleOrder, StepRecord } from './events.ts';
import { type Handled, type HandleHost, handle, type InstanceStore, type Order } from './handle.ts';
import type { CallResult, Instance } from './instance.ts';
import { ENDED } from './instance.ts';
import { isCalling, wakeMs } from './status.ts';

/** A function of a test: `run` for a pure or local one. */
export type TestFunction = FunctionSpec & { run?: (input: JsonObject, key: string) => Json };

export type TestWorld = {
  ports: VirtualPorts;
  rows: Map<string, string>;
  records: StepRecord[];
  schedules: ScheduleOrder[];
  /** Calls that were made, in order. */
  calls: Call[];
  driver: Driver;
  /** Starts a workflow and returns its id; `input` as JSON. */
  start(workflowType: string, input?: JsonObject, businessKey?: string | null): Promise<string>;
  order(order: Order): Promise<Handled>;
  get(instanceId: string): Instance;
  /** Lets everything happen that happens within `ms`. */
  pass(ms: number): Promise<void>;
  /** Ends the process and starts it anew on the same rows. */
  crash(): Promise<void>;
  close(): Promise<void>;
};

export type WorldOptions = {
  programs: readonly Program[];
  functions: readonly TestFunction[];
  /** Answers calls; undefined: never. */
  call(call: Call): Promise<CallResult> | CallResult;
  /** Throws to play a commit that failed; called before the commit of each order with their count. */
  beforeCommit?: (commits: number) => void;
};

/** Lets pending promises run, without time passing. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}

export function createTestWorld(options: WorldOptions): TestWorld {
  const ports = createVirtualPorts({ seed: 1 });
  const rows = new Map<string, string>();
  const keys = new Map<string, { instance_id: string; input_hash: string }>();
  const ids = new Map<string, { instance_id: string; input_hash: string }>();
  const world = { records: [] as StepRecord[], schedules: [] as ScheduleOrder[], calls: [] as Call[] };
  const functions = new Map(options.functions.map((spec) => [spec.name, spec]));
  let commits = 0;
  let boots = 1;
  const submit = async (order: Order): Promise<Handled> => {
    const writes: (() => void)[] = [];
    const fresh = new Map<string, string>();
    const handled = handle(order, hostFor({ writes, fresh }));
    commits += 1;
    options.beforeCommit?.(commits);
    for (const write of writes) write();
    return handled;
  };
  const hostFor = (of: { writes: (() => void)[]; fresh: Map<string, string> }): HandleHost => ({
    store: memoryStore(of),
    functions,
    runLocal: ({ function: name, input, key }) =>
      must(functions.get(name)?.run, `${name} runs here`)(input, key),
    nowMs: ports.clock.nowMs(),
    random: ports.random,
    boot: String(boots),
  });
  const memoryStore = ({
    writes,
    fresh,
  }: {
    writes: (() => void)[];
    fresh: Map<string, string>;
  }): InstanceStore => {
    const put = (instance: Instance) => {
      const text = JSON.stringify(instance);
      fresh.set(instance.instance_id, text);
      writes.push(() => rows.set(instance.instance_id, text));
    };
    return {
      load: (id) => {
        const text = fresh.get(id) ?? rows.get(id);
        return text === undefined ? undefined : JSON.parse(text);
      },
      findById: (id) => ids.get(id),
      findByKey: (type, key) => keys.get(`${type}/${key}`),
      insert: (instance, input_hash) => {
        put(instance);
        const { instance_id, workflow_type, business_key } = instance;
        writes.push(() => ids.set(instance_id, { instance_id, input_hash }));
        writes.push(() => keys.set(`${workflow_type}/${business_key}`, { instance_id, input_hash }));
      },
      save: put,
      append: (_, records) => writes.push(() => world.records.push(...records)),
      putSchedule: (order) => writes.push(() => world.schedules.push(order)),
      program: (hash) =>
        must(
          options.programs.find((program) => program.hash === hash),
          'it is loaded',
        ),
      current: (type) => options.programs.find(({ definition }) => definition.workflow_type === type),
    };
  };
  const all = (): Instance[] => [...rows.values()].map((text) => JSON.parse(text));
  const makeDriver = () =>
    createDriver({
      submit,
      call: async (call) => {
        world.calls.push(call);
        return await options.call(call);
      },
      due: (nowMs) =>
        all().flatMap((each) => {
          const wake = wakeMs(each);
          return wake !== null && wake <= nowMs ? [each.instance_id] : [];
        }),
      nextWakeMs: () => {
        const wakes = all().flatMap((each) => wakeMs(each) ?? []);
        return wakes.length === 0 ? null : Math.min(...wakes);
      },
      underWay: (after, limit) =>
        all()
          .filter((each) => !ENDED.has(each.status) && each.instance_id > after)
          .filter((each) => isCalling(each) || each.status === 'running' || each.status === 'compensating')
          .map(({ instance_id }) => instance_id)
          .sort()
          .slice(0, limit),
      nowMs: () => ports.clock.nowMs(),
      ports,
      onError: () => undefined,
    });
  let driver = makeDriver();
  let stop = new AbortController();
  let running = driver.run(stop.signal);
  let count = 0;
  const end = async () => {
    stop.abort();
    await settle();
    await running;
  };
  return Object.assign(world, {
    ports,
    rows,
    get driver() {
      return driver;
    },
    async start(workflow_type: string, input: JsonObject = {}, business_key: string | null = null) {
      count += 1;
      const instance_id = `00000000-0000-7000-8000-${String(count).padStart(12, '0')}`;
      const order: Order = {
        kind: 'start',
        instance_id,
        workflow_type,
        business_key,
        input,
        currency: 'SEK',
        by: null,
      };
      const handled = await driver.order(order);
      await settle();
      return handled.instance_id;
    },
    async order(order: Order) {
      const handled = await driver.order(order);
      await settle();
      return handled;
    },
    get: (id: string): Instance => JSON.parse(must(rows.get(id), 'it was started')),
    async pass(ms: number) {
      await settle();
      await ports.advance(ms);
      await settle();
    },
    async crash() {
      await end();
      boots += 1;
      driver = makeDriver();
      stop = new AbortController();
      running = driver.run(stop.signal);
      await settle();
    },
    close: end,
  });
}

/** The parts of a definition that a test does not care about. */
export function definitionOf(
  of: Pick<Definition, 'workflow_type' | 'steps'> & Partial<Definition>,
): Definition {
  return { v: 1, workflow_version: null, description: null, state: {}, deadline_ms: null, saga: true, ...of };
}
