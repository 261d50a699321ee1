/**
 * The workflows of an edge on a store of their own and a virtual clock, for tests: without threads, with devices that
 * outlive the process, and with an end that leaves nothing but the files.
 */
import { copyFileSync, existsSync } from 'node:fs';
import { createVirtualPorts, isAppError, must, type VirtualPorts } from '@holdfast/base';
import type { Instance, JsonObject } from '@holdfast/workflow';
import { openForReading } from '../store/open.ts';
import { testFolder } from '../testing.ts';
import type { Command, Outcome } from '../writer/commands.ts';
import { beginLife, type CommitPlan, type Facts, type Life, type Surroundings } from './testing-life.ts';
import type { Workflows } from './workflows.ts';

export type WorldOptions = Surroundings & { plan?: CommitPlan };

/** Time passes in steps, so that what is due within it comes in its order. */
const STEP_MS = 250;
const LOOK_MS = 1_000;
const LOOKS_MAX = 3_600;

/** Opens a world with definitions. A plan counts the groups after those were loaded. */
export async function createWorld(
  definitions: readonly string[],
  { plan, ...surroundings }: WorldOptions = {},
): Promise<World> {
  const world = new World(await testFolder(), surroundings);
  await world.restart();
  for (const text of definitions) {
    const loading = world.workflows.load(text);
    await world.pass(0);
    const loaded = await loading;
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  }
  if (plan !== undefined) await world.restart(plan);
  return world;
}

/** Its methods are fields, so that tests may take them out of it. */
export class World {
  readonly ports: VirtualPorts = createVirtualPorts({ seed: 1 });
  readonly facts: Facts = { online: true, sales: 0, groups: 0 };
  readonly #folder: Awaited<ReturnType<typeof testFolder>>;
  readonly #surroundings: Surroundings;
  #life: Life | undefined;
  #lives = 0;
  #path: string;

  constructor(folder: Awaited<ReturnType<typeof testFolder>>, surroundings: Surroundings) {
    this.#folder = folder;
    this.#surroundings = surroundings;
    this.#path = folder.engine.store.path;
  }

  get workflows(): Workflows {
    return this.#now.workflows;
  }

  get isDead(): boolean {
    return this.#now.isDead;
  }

  get folder(): string {
    return this.#folder.options.dataFolder;
  }

  get #now(): Life {
    return must(this.#life, 'the world was opened');
  }

  readonly start = async (
    workflow_type: string,
    input: JsonObject,
    more: { business_key?: string } = {},
  ): Promise<string> => {
    const started = this.workflows.start({ workflow_type, input, by: null, ...more });
    await this.pass(0);
    return (await started).instance_id;
  };

  readonly instance = (instanceId: string): Instance =>
    must(this.workflows.find(instanceId), 'it was started').instance;

  /** Lets time pass, with all that happens meanwhile. */
  readonly pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += STEP_MS)
      await this.ports.advance(Math.min(STEP_MS, ms - passed));
    // What hangs together without a timer takes more turns than one.
    for (let turn = 0; turn < 4; turn += 1) await this.ports.advance(0);
  };

  /** Lets time pass until every instance has ended, at most an hour. */
  readonly end = async (): Promise<void> => {
    for (let look = 0; look < LOOKS_MAX && !this.isDead; look += 1) {
      if (this.workflows.countOpen().length === 0 && this.workflows.calls === 0) return;
      await this.pass(LOOK_MS);
    }
  };

  /** What becomes of a promise while time stands still: its value, or the code of its error. */
  readonly told = async (promise: Promise<unknown>): Promise<unknown> => {
    const settled = promise.catch((error: unknown) => (isAppError(error) ? error.code : error));
    await this.pass(0);
    return await settled;
  };

  readonly rows = (sql: string): unknown[] => {
    const db = openForReading({ ...this.#folder.engine.store, path: this.#path });
    try {
      return db.prepare(sql).all();
    } finally {
      db.close();
    }
  };

  /** Ends the process, and starts it anew on the files as they are at that moment. */
  readonly restart = async (plan: CommitPlan = {}): Promise<void> => {
    const before = this.#life;
    before?.end();
    const path = `${this.#folder.engine.store.path}.${this.#lives}`;
    for (const ending of ['', '-wal'])
      if (existsSync(`${this.#path}${ending}`)) copyFileSync(`${this.#path}${ending}`, `${path}${ending}`);
    before?.engine.close();
    this.#path = path;
    this.#lives += 1;
    this.facts.groups = 0;
    const { engine, options } = this.#folder;
    const on = { engine: { ...engine, store: { ...engine.store, path } }, options };
    this.#life = beginLife({ ...this.#surroundings, ...on, plan, ports: this.ports, facts: this.facts });
    await this.pass(0);
  };

  readonly execute = (...commands: Command[]): Outcome[] => this.#now.engine.execute(commands);

  readonly close = async (): Promise<void> => {
    this.#now.end();
    await this.pass(0);
    this.#now.engine.close();
    this.#folder.remove();
  };
}
