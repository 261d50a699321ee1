/**
 * The dispenser and the printer of a machine: they outlive the process that uses them, do their work once for each key,
 * and can be asked what became of it. A call takes a while, in which the process may end.
 */
import { type ComposeInput, noHardware } from '@holdfast/edge';
import type { Life } from './life.ts';
import type { World } from './world.ts';

type Hardware = NonNullable<NonNullable<ComposeInput['workflow']>['hardware']>;

/** What a device did. */
export type Deed = { key: string; where: 'cash' | 'print' };

const REACH_MS_MAX = 400;
/** Part of the calls that fail, and of those whose answer is lost. */
const FAILS = 0.1;
const LOST = 0.05;

export class Devices {
  readonly #world: World;
  readonly #random;
  readonly #keys = new Set<string>();
  /** In the order in which it was done. */
  readonly deeds: Deed[] = [];

  constructor(world: World, name: string) {
    this.#world = world;
    this.#random = world.randomFor(`devices of ${name}`);
  }

  /** As a process in `life` reaches them. */
  reachedIn(life: Life): Hardware {
    const find = async (key: string) => {
      await this.#reach(life);
      return this.#keys.has(key);
    };
    return {
      ...noHardware,
      print: ({ key }) => this.#use(life, { key, where: 'print' }, { code: 'paper_out', output: {} }),
      findPrint: async ({ key }) => ((await find(key)) ? { kind: 'ok', output: {} } : NOT_DONE),
      dispenseCash: ({ key, amount }) =>
        this.#use(life, { key, where: 'cash' }, { code: 'dispenser_jammed', output: { dispensed: amount } }),
      findDispense: async ({ key, amount }) =>
        (await find(key)) ? { kind: 'ok', output: { dispensed: amount } } : NOT_DONE,
    };
  }

  async #use<T>(life: Life, deed: Deed, { code, output }: { code: string; output: T }) {
    const strikes = (part: number) => this.#world.isFaulty() && this.#random.chance(part);
    await this.#reach(life);
    if (strikes(FAILS)) return { kind: 'failed', code, message: 'It does not work now.' } as const;
    if (!this.#keys.has(deed.key)) this.deeds.push(deed);
    this.#keys.add(deed.key);
    const { trace, scheduler } = this.#world;
    trace.note(scheduler.nowMs, `${deed.where} ${deed.key}`);
    await this.#reach(life);
    if (strikes(LOST)) return { kind: 'unknown', message: 'It does not answer.' } as const;
    return { kind: 'ok', output } as const;
  }

  /** The way to a device, or back. */
  #reach(life: Life): Promise<void> {
    return life.ports.timers.sleep(this.#random.unit() * REACH_MS_MAX);
  }
}

const NOT_DONE = { kind: 'failed', code: 'not_done', message: 'It was not done.' } as const;
