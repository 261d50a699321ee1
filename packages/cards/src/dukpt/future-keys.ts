/**
 * The registers of a device: one for each bit of the counter, holding the keys of transactions to come and of none that
 * has been (X9.24-1 annex A "future key registers", X9.24-3 "intermediate derivation key registers"). Whoever opens the
 * device later finds no key of an earlier transaction, and the derivation cannot be turned round.
 *
 * Invariant: the register of the counter's lowest one holds the key of the counter; registers of higher bits that are
 * not ones of the counter hold the keys of counters to come.
 */
import { must } from '@holdfast/base';
import { wipe } from '../cipher/bytes.ts';
import { type CounterRule, lowestOne, nextCounter, onesOf } from './counter.ts';

/** The key of `counter`, derived from that of the counter without its lowest one. */
type DeriveKey = (key: Uint8Array, counter: number) => Uint8Array;

/** The key of one transaction, which the caller wipes. */
type TransactionKey = { counter: number; key: Uint8Array };

export class FutureKeys {
  readonly #registers = new Map<number, Uint8Array>();
  readonly #rule: CounterRule;
  readonly #derive: DeriveKey;
  #counter: number | undefined = 1;

  /** Derives the first keys of all bits; the initial key is not kept, and the caller wipes it. */
  constructor({
    initialKey,
    rule,
    derive,
  }: { initialKey: Uint8Array; rule: CounterRule; derive: DeriveKey }) {
    this.#rule = rule;
    this.#derive = derive;
    for (let bit = 0; bit < rule.bits; bit += 1) {
      this.#registers.set(2 ** bit, derive(initialKey, 2 ** bit));
    }
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
