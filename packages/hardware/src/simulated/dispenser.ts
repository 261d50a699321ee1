/**
 * A cash dispenser that is simulated down to its notes: a body that moves them, a controller with a memory of its own,
 * a cable to the till, and the power, which may go between any two steps of it. It works on without its cable, as a
 * real one does: whoever lost it asks later.
 */
import type { Cancel, Timers } from '@holdfast/base';
import { orAborted } from '../byte-link.ts';
import type { CashDispenser, Dispensed, DispenseFailure } from '../ports/cash-dispenser.ts';
import type { DeviceStatus, Outcome } from '../ports/device.ts';
import type { DeviceMemory } from '../ports/device-memory.ts';
import type { Simulated } from './controls.ts';
import { DispenserBody, newBodyState } from './dispenser/dispenser-body.ts';
import { dispenserControls, dispenserSnapshot } from './dispenser/dispenser-controls.ts';
import { type CashOrder, DispenserMachine, type MachineEnd } from './dispenser/dispenser-machine.ts';
import {
  type CassetteRow,
  type MemoryBlock,
  type OrderRow,
  readMemory,
} from './dispenser/dispenser-memory.ts';
import { cassetteOf, dispensedOf } from './dispenser/order-accounts.ts';
import { Power, PowerCut } from './dispenser/power.ts';

/** A cassette as it is put in at first; later the memory knows better. */
export type CassetteSetting = { slot: number; currency: string; denominationMinor: bigint; notes: number };

export type SimulatedDispenserOptions = {
  memory: DeviceMemory;
  timers: Timers;
  cassettes: readonly CassetteSetting[];
  name?: string;
  /** What a note takes. */
  noteMs?: number;
  /** After this, notes that nobody took are retracted. */
  takeMs?: number;
  /** When the customer takes the notes; null if never by himself. */
  customerTakesAfterMs?: number | null;
};

export type SimulatedDispenser = CashDispenser & Simulated;

type End = Outcome<Dispensed, DispenseFailure>;

const NOTE_MS = 150;
const TAKE_MS = 30_000;
const CUSTOMER_MS = 2_000;
const LOW_NOTES = 50;
const GONE = 'The cash dispenser does not answer: check its power and its cable.';
const UNKNOWN: End = { kind: 'unknown', message: `${GONE} It knows what became of the order: ask it then.` };

/** Reads the memory, and closes an order that was cut off. Throws `file_unusable` for a memory that is not its own. */
export async function createSimulatedDispenser(
  options: SimulatedDispenserOptions,
): Promise<SimulatedDispenser> {
  const block = await readMemory(options.memory);
  const dispenser = new Dispenser(options, block);
  await dispenser.boot();
  return dispenser;
}

class Dispenser implements SimulatedDispenser {
  readonly kind = 'cash_dispenser';
  readonly controls: Simulated['controls'];
  readonly #options: SimulatedDispenserOptions;
  readonly #name: string;
  readonly #power = new Power();
  readonly #body: DispenserBody;
  readonly #handles: Parameters<typeof dispenserControls>[0];
  readonly #first: MemoryBlock;
  #machine: DispenserMachine;
  #cable = new AbortController();
  #customerMs: number | null;
  /** The customer of the last order is no longer there for the next one. */
  #sendAway: Cancel = () => undefined;
  #current: { key: string; end: Promise<End> } | undefined;
  #ready: Promise<void> = Promise.resolve();

  constructor(options: SimulatedDispenserOptions, block: MemoryBlock | undefined) {
    this.#options = options;
    this.#name = options.name ?? 'simulated cash dispenser';
    this.#first = block ?? firstBlock(options.cassettes);
    this.#body = new DispenserBody(this.#first.body);
    this.#customerMs =
      options.customerTakesAfterMs === undefined ? CUSTOMER_MS : options.customerTakesAfterMs;
    this.#body.onPresented = () => this.#awaitCustomer();
    this.#machine = this.#newMachine(this.#first);
    this.#handles = {
      body: this.#body,
      power: this.#power,
      cassettes: () => this.#machine.cassettes,
      hasOpenOrder: () => this.#machine.openOrder !== undefined,
      isPlugged: () => this.#isPlugged,
      setPlugged: (isPlugged) => this.#setPlugged(isPlugged),
      customerTakesAfterMs: () => this.#customerMs,
      setCustomer: (takesAfterMs) => {
        this.#customerMs = takesAfterMs;
      },
      setCassette: (slot, members) => this.#unlessCut(this.#machine.setCassette(slot, members)),
      powerOn: () => this.#switchOn(),
      clearJam: async () => {
        this.#body.clearJam();
        if (!this.#power.isOn || this.#current !== undefined) return;
        this.#ready = this.#unlessCut(this.#machine.recover());
        await this.#ready;
      },
    };
    this.controls = dispenserControls(this.#handles);
  }

  /** It reads its memory and clears its path. Resolves when it is ready, or its power went again. */
  async boot(): Promise<void> {
    this.#ready = (async () => {
      this.#machine = this.#newMachine((await readMemory(this.#options.memory)) ?? this.#first);
      await this.#unlessCut(this.#machine.recover());
    })();
    await this.#ready;
  }

  snapshot() {
    return dispenserSnapshot(this.#handles);
  }

  async dispense(order: CashOrder): Promise<End> {
    await this.#ready;
    const row = this.#machine.orderOf(order.key);
    if (!this.#canTalk)
      return row === undefined ? { kind: 'failed', code: 'dispenser_unavailable', message: GONE } : UNKNOWN;
    if (this.#current?.key === order.key) return await this.#heard(this.#current.end);
    if (row !== undefined) return this.#becameOf(row);
    if (this.#current !== undefined)
      return {
        kind: 'failed',
        code: 'dispenser_unavailable',
        message: 'The cash dispenser is paying somebody else: try again.',
      };
    const end = this.#pay(order).finally(() => {
      this.#current = undefined;
    });
    this.#current = { key: order.key, end };
    return await this.#heard(end);
  }

  async find(key: string): Promise<Outcome<Dispensed, DispenseFailure | 'not_done'>> {
    await this.#ready;
    if (!this.#canTalk) return UNKNOWN;
    const row = this.#machine.orderOf(key);
    if (row !== undefined) return this.#becameOf(row);
    return { kind: 'failed', code: 'not_done', message: 'This cash dispenser has never begun the order.' };
  }

  async cassettes() {
    const isJammed = this.#body.state.jammedAt !== null;
    return this.#machine.cassettes.map((row) => cassetteOf(row, { lowNotes: LOW_NOTES, isJammed }));
  }

  async status(): Promise<DeviceStatus> {
    const cassettes = await this.cassettes();
    const facts = Object.fromEntries(
      cassettes.map(({ slot, notes }): [string, number] => [`slot_${slot}_notes`, notes]),
    );
    const status = { kind: 'cash_dispenser', name: this.#name, facts } as const;
    if (!this.#canTalk) return { ...status, facts: {}, state: 'gone', attention: GONE };
    const attention = attentionOf(cassettes.map(({ state }) => state));
    if (this.#current !== undefined) return { ...status, state: 'busy', attention };
    return { ...status, state: attention === null ? 'ready' : 'attention', attention };
  }

  async close(): Promise<void> {
    this.#cable.abort();
  }

  get #isPlugged(): boolean {
    return !this.#cable.signal.aborted;
  }

  get #canTalk(): boolean {
    return this.#isPlugged && this.#power.isOn;
  }

  #setPlugged(isPlugged: boolean): void {
    if (!isPlugged) this.#cable.abort();
    else if (!this.#isPlugged) this.#cable = new AbortController();
  }

  async #switchOn(): Promise<void> {
    if (this.#power.isOn) return this.#power.cutNoMore();
    this.#power.restore();
    await this.boot();
  }

  #awaitCustomer(): void {
    this.#sendAway();
    if (this.#customerMs === null) return;
    this.#sendAway = this.#options.timers.after(this.#customerMs, () => this.#body.take());
  }

  #newMachine({ cassettes, orders }: MemoryBlock): DispenserMachine {
    return new DispenserMachine({
      body: this.#body,
      memory: this.#options.memory,
      power: this.#power,
      timers: this.#options.timers,
      noteMs: this.#options.noteMs ?? NOTE_MS,
      takeMs: this.#options.takeMs ?? TAKE_MS,
      cassettes,
      orders,
    });
  }

  /** What was cut off is taken up at the next boot, where the sensors say. */
  async #unlessCut(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
  }

  async #pay(order: CashOrder): Promise<End> {
    try {
      return this.#outcomeOf(await this.#machine.pay(order));
    } catch (error) {
      if (error instanceof PowerCut) return UNKNOWN;
      // A machine that cannot write down what it does stops where it is, and looks at its sensors at the next start.
      this.#power.cut();
      throw error;
    }
  }

  /** What the till hears of it: nothing any more, once the cable is out. */
  async #heard(end: Promise<End>): Promise<End> {
    return await orAborted(end, this.#cable.signal, UNKNOWN);
  }

  #becameOf(row: OrderRow): End {
    if (row.end !== null) return this.#outcomeOf(row.end);
    const message =
      this.#current?.key === row.key
        ? 'The cash dispenser has not finished it: ask again.'
        : 'Notes are stuck in the cash dispenser: take them out, then ask it again.';
    return { kind: 'unknown', message };
  }

  #outcomeOf(end: MachineEnd): End {
    switch (end.kind) {
      case 'done':
        return { kind: 'done', ...dispensedOf(end, this.#machine.cassettes) };
      case 'open':
        return { kind: 'unknown', message: end.message };
      case 'failed':
      case 'refused':
        return { kind: 'failed', code: end.code, message: end.message };
    }
  }
}

function firstBlock(settings: readonly CassetteSetting[]): MemoryBlock {
  const cassettes = settings.map(
    ({ slot, currency, denominationMinor, notes }): CassetteRow => ({
      slot,
      currency,
      denomination_minor: String(denominationMinor),
      notes,
      is_in: true,
    }),
  );
  const body = newBodyState(Object.fromEntries(settings.map(({ slot, notes }) => [slot, notes])));
  return { cassettes, orders: [], body };
}

function attentionOf(states: readonly string[]): string | null {
  if (states.includes('jammed'))
    return 'A note is stuck in the cash dispenser: open it and take the note out.';
  if (states.includes('missing')) return 'A cassette is missing: put it in.';
  if (states.includes('empty') || states.includes('low')) return 'A cassette has few notes left: refill it.';
  return null;
}
