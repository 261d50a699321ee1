/**
 * The registers of a device: one for each bit of the counter, holding the keys of transactions to come and of none that
 * has been (X9.24-1 annex A "future key registers", X9.24-3 "intermediate derivation key registers"). Whoever opens the
 * device later finds no key of an earlier transaction, and the derivation cannot be turned round.
 *
 * Invariant: the register of the counter's lowest one holds the key of the counter; registers of higher bits that are
 * not ones of the counter hold the keys of counters to come.
 */
import { assert, must } from '@holdfast/base';
import type { Secret } from '@holdfast/crypto';
import { wipe } from '../cipher/bytes.ts';
import { type CounterRule, isUsableCounter, lowestOne, nextCounter, onesOf } from './counter.ts';
import { type RegisterState, readRegisters, writeRegisters } from './register-state.ts';

/** The key of `counter`, derived from that of the counter without its lowest one. */
type DeriveKey = (key: Uint8Array, counter: number) => Uint8Array;

/** The key of one transaction, which the caller wipes. */
type TransactionKey = { counter: number; key: Uint8Array };

type Origin = { initialKey: Uint8Array } | { state: RegisterState };

/** A device's first key as it is injected, or what the device saved of the keys to come. */
export type DeviceKeys = { initialKey: Secret } | { state: Secret };

/** Starts from its first key or goes on from what was saved, which has to be whole; both stay the caller's. */
export function openFutureKeys(from: DeviceKeys, of: { rule: CounterRule; derive: DeriveKey }): FutureKeys {
  if ('initialKey' in from) return from.initialKey.use((initialKey) => new FutureKeys({ initialKey, ...of }));
  const state = must(readRegisters(from.state), 'the state of a device is one that was saved');
  const keys = new FutureKeys({ ...of, state });
  wipe(...state.registers.values());
  return keys;
}

/** The keys to come of one device. */
export class FutureKeys {
  readonly #registers = new Map<number, Uint8Array>();
  readonly #rule: CounterRule;
  readonly #derive: DeriveKey;
  #counter: number | undefined = 1;

  /** Derives the first keys of all bits, or takes copies of the registers of an earlier life. */
  constructor(of: Origin & { rule: CounterRule; derive: DeriveKey }) {
    const { rule, derive } = of;
    this.#rule = rule;
    this.#derive = derive;
    if ('state' in of) {
      this.#counter = of.state.counter;
      for (const [bit, key] of of.state.registers) this.#registers.set(bit, key.slice());
      assert(isWhole(of.state, rule), 'the registers of a device are whole');
      return;
    }
    for (let bit = 0; bit < rule.bits; bit += 1) {
      this.#registers.set(2 ** bit, derive(of.initialKey, 2 ** bit));
    }
  }

  /**
   * The keys to come, which the caller seals and wipes. Write them down after {@link take} and before its key is used: a
   * device that starts again from an older state would use its keys twice.
   */
  save(): Secret {
    return writeRegisters({ counter: this.#counter, registers: this.#registers });
  }

  /** The counter that the next transaction will have; undefined when all are used. */
  get counter(): number | undefined {
    return this.#counter;
  }

  /** Hands out the key of the next transaction, keeps what later ones need of it, and forgets it. */
  take(): TransactionKey | undefined {
    const counter = this.#counter;
    if (counter === undefined) return undefined;
    const lowest = lowestOne(counter);
    const key = must(this.#registers.get(lowest), 'the register of the lowest one holds the key');
    this.#registers.delete(lowest);
    if (onesOf(counter) < this.#rule.onesMax) {
      for (let one = lowest / 2; one >= 1; one /= 2)
        this.#registers.set(one, this.#derive(key, counter + one));
    }
    this.#counter = nextCounter(counter, this.#rule);
    if (this.#counter === undefined) this.wipe();
    return { counter, key };
  }

  /** Overwrites all registers: the device has no more keys. */
  wipe(): void {
    wipe(...this.#registers.values());
    this.#registers.clear();
    this.#counter = undefined;
  }
}

/** A key for each bit that later counters need first: the lowest one of the next, and what is no one of it above that. */
function isWhole({ counter, registers }: RegisterState, rule: CounterRule): boolean {
  if (counter === undefined) return registers.size === 0;
  if (!isUsableCounter(counter, rule)) return false;
  const lowest = lowestOne(counter);
  for (let bit = lowest; bit < 2 ** rule.bits; bit *= 2) {
    const isNeeded = bit === lowest || Math.floor(counter / bit) % 2 === 0;
    if (isNeeded && !registers.has(bit)) return false;
  }
  return true;
}
