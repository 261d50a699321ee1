/**
 * The controller of a cash dispenser. It writes an order down before a note moves and after each step, and trusts
 * nothing but its memory and its sensors: after a power cut it clears its path, and then says what became of the order.
 *
 * An order goes: written → picked note by note into the stacker → bundle written → presented → taken or retracted →
 * written. Notes that cannot be presented go to the reject bin.
 */
import { assert, type Timers } from '@holdfast/base';
import type { DispenseFailure } from '../../ports/cash-dispenser.ts';
import type { Order } from '../../ports/device.ts';
import type { DeviceMemory } from '../../ports/device-memory.ts';
import { countOf, type DispenserBody, minus } from './dispenser-body.ts';
import {
  type CassetteRow,
  ORDERS_MAX,
  type OrderEnd,
  type OrderRow,
  writeMemory,
} from './dispenser-memory.ts';
import { mixNotes } from './note-mix.ts';
import { accountOf, binsOf, endOf, minorOf } from './order-accounts.ts';
import type { Power } from './power.ts';

export type CashOrder = Order & { amountMinor: bigint; currency: string };

/** `open`: notes are stuck where the order cannot be closed, until somebody helps. */
export type MachineEnd =
  | OrderEnd
  | { kind: 'open'; message: string }
  | { kind: 'refused'; code: DispenseFailure; message: string };

export type DispenserMachineOptions = {
  body: DispenserBody;
  memory: DeviceMemory;
  power: Power;
  timers: Timers;
  cassettes: CassetteRow[];
  orders: OrderRow[];
  noteMs: number;
  takeMs: number;
};

/** What a presenter holds (bundles of usual machines). */
const BUNDLE_NOTES_MAX = 40;
const LOOK_MS = 100;
const JAMMED = 'A note is stuck in the cash dispenser: somebody has to open it and take the note out.';

/** The controller of one machine, between two power cuts. */
export class DispenserMachine {
  readonly #of: DispenserMachineOptions;
  #cassettes: CassetteRow[];
  #orders: OrderRow[];
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(options: DispenserMachineOptions) {
    this.#of = options;
    this.#cassettes = options.cassettes;
    this.#orders = options.orders;
  }

  get cassettes(): readonly CassetteRow[] {
    return this.#cassettes;
  }

  get openOrder(): OrderRow | undefined {
    return this.#orders.find(({ end }) => end === null);
  }

  orderOf(key: string): OrderRow | undefined {
    return this.#orders.find((order) => order.key === key);
  }

  /** Clears the path and closes the order that was cut off, if there is one. */
  async recover(): Promise<void> {
    const { body } = this.#of;
    if (body.state.jammedAt !== null) return;
    if (countOf(body.state.shutter) > 0) this.#move(() => body.retract());
    this.#move(() => body.purge());
    const order = this.openOrder;
    if (order === undefined || accountOf(order, body.state).isUnderWay) return await this.#write();
    const { taken, retracted } = accountOf(order, body.state);
    const wasPresented = countOf(taken) + countOf(retracted) > 0;
    const end = wasPresented
      ? endOf(order, body.state, this.#cassettes)
      : failure('dispenser_unavailable', 'The power went before the notes came out: nothing was paid.');
    await this.#close(order, end);
  }

  /** Pays out an order that this machine has not begun yet. */
  async pay(order: CashOrder): Promise<MachineEnd> {
    if (this.#of.body.state.jammedAt !== null)
      return { ...failure('dispenser_jammed', JAMMED), kind: 'refused' };
    const refusal = this.#refusalOf(order);
    if (refusal !== undefined) return refusal;
    if (order.signal.aborted) return refused('dispenser_unavailable', 'Nobody waits for the notes any more.');
    const row = await this.#begin(order);
    const failed = await this.#pick(row, order);
    if (failed !== undefined) {
      this.#move(() => this.#of.body.purge());
      return await this.#close(row, failed);
    }
    return await this.#present(row);
  }

  /** Takes what a person did to the cassettes into the memory. Only while no order is open, asserted. */
  async setCassette(slot: number, members: Partial<Pick<CassetteRow, 'notes' | 'is_in'>>): Promise<void> {
    assert(this.openOrder === undefined, 'cassettes are not changed in the middle of an order');
    this.#cassettes = this.#cassettes.map((row) => (row.slot === slot ? { ...row, ...members } : row));
    await this.#write();
  }

  #refusalOf(order: CashOrder): MachineEnd | undefined {
    if (this.#mix(order.amountMinor, order.currency) !== undefined) return undefined;
    const ofCurrency = this.#cassettes.filter(({ currency, is_in }) => is_in && currency === order.currency);
    const availableMinor = minorOf(
      Object.fromEntries(ofCurrency.map(({ slot, notes }) => [slot, notes])),
      ofCurrency,
    );
    return availableMinor < order.amountMinor
      ? refused('dispenser_empty', 'There are not enough notes in the cash dispenser: refill its cassettes.')
      : refused(
          'amount_not_dispensable',
          'The cash dispenser cannot make this amount of its notes: choose another.',
        );
  }

  #mix(amountMinor: bigint, currency: string, notesMax = BUNDLE_NOTES_MAX) {
    const sources = this.#cassettes
      .filter((row) => row.is_in && row.currency === currency)
      .map(({ slot, denomination_minor, notes }) => ({
        slot,
        notes,
        denominationMinor: BigInt(denomination_minor),
      }));
    return mixNotes({ amountMinor, sources, notesMax });
  }

  async #begin(order: CashOrder): Promise<OrderRow> {
    const row: OrderRow = {
      key: order.key,
      amount_minor: String(order.amountMinor),
      currency: order.currency,
      began_with: {
        cassettes: Object.fromEntries(this.#cassettes.map(({ slot, notes }) => [slot, notes])),
        bins: binsOf(this.#of.body.state),
      },
      bundle: null,
      end: null,
    };
    this.#orders = [...this.#orders, row].slice(-ORDERS_MAX);
    await this.#write();
    return row;
  }

  /** Why nothing can be presented; undefined if the stacker holds the amount, or as much of it as there is. */
  async #pick(row: OrderRow, order: CashOrder): Promise<OrderEnd | undefined> {
    const { body, timers, noteMs, power } = this.#of;
    for (;;) {
      if (order.signal.aborted) return failure('dispenser_unavailable', 'Nobody waited: nothing was paid.');
      const missingMinor = order.amountMinor - minorOf(body.state.stacker, this.#cassettes);
      if (missingMinor === 0n) return undefined;
      const room = BUNDLE_NOTES_MAX - countOf(body.state.stacker);
      const next = this.#mix(missingMinor, order.currency, room)?.[0];
      if (next === undefined) return this.#shortOrEmpty();
      const picked = this.#move(() => body.pick(next.slot));
      if (picked === 'none') this.#emptied(row, next.slot);
      this.#count(row);
      await this.#write();
      if (picked === 'jammed') return failure('dispenser_jammed', JAMMED);
      await timers.sleep(noteMs, power.lost);
    }
  }

  #shortOrEmpty(): OrderEnd | undefined {
    if (countOf(this.#of.body.state.stacker) > 0) return undefined;
    return failure('dispenser_empty', 'The cassettes held fewer notes than was counted: refill them.');
  }

  async #present(row: OrderRow): Promise<MachineEnd> {
    const { body } = this.#of;
    row.bundle = { notes: body.state.stacker, bins: binsOf(body.state) };
    await this.#write();
    const presented = this.#move(() => body.present());
    await this.#write();
    if (presented === 'jammed') return await this.#close(row, failure('dispenser_jammed', JAMMED));
    await this.#waitUntilTaken();
    const retracted = this.#move(() => body.retract());
    if (retracted === 'jammed') {
      await this.#write();
      return { kind: 'open', message: `${JAMMED} Some notes are still in reach.` };
    }
    return await this.#close(row, endOf(row, body.state, this.#cassettes));
  }

  async #waitUntilTaken(): Promise<void> {
    const { body, timers, takeMs, power } = this.#of;
    for (let waitedMs = 0; waitedMs < takeMs && countOf(body.state.shutter) > 0; waitedMs += LOOK_MS) {
      await timers.sleep(LOOK_MS, power.lost);
      power.step();
    }
  }

  async #close(row: OrderRow, end: OrderEnd): Promise<OrderEnd> {
    this.#count(row);
    row.end = end;
    await this.#write();
    return end;
  }

  /** What the cassettes are believed to hold is what they began with, less what has left them. */
  #count(row: OrderRow): void {
    const { left } = accountOf(row, this.#of.body.state);
    const now = minus(row.began_with.cassettes, left);
    this.#cassettes = this.#cassettes.map((each) => ({ ...each, notes: now[each.slot] ?? 0 }));
  }

  /** A cassette gives no more notes: it began with as many as have left it. */
  #emptied(row: OrderRow, slot: number): void {
    const { left } = accountOf(row, this.#of.body.state);
    row.began_with.cassettes = { ...row.began_with.cassettes, [slot]: left[slot] ?? 0 };
  }

  #move<T>(move: () => T): T {
    this.#of.power.step();
    const moved = move();
    this.#of.power.step();
    return moved;
  }

  /** One write after the other, each with all that there is at its turn. */
  async #write(): Promise<void> {
    const { power, memory, body } = this.#of;
    power.step();
    const write = () =>
      writeMemory(memory, { cassettes: this.#cassettes, orders: this.#orders, body: body.state });
    const mine = this.#lastWrite.then(write, write);
    this.#lastWrite = mine;
    await mine;
    power.step();
  }
}

function failure(code: DispenseFailure, message: string): Extract<OrderEnd, { kind: 'failed' }> {
  return { kind: 'failed', code, message };
}

function refused(code: DispenseFailure, message: string): MachineEnd {
  return { kind: 'refused', code, message };
}
