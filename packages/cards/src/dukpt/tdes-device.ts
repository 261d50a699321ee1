/** A device's side of triple DES DUKPT: loaded with its initial key once, it forgets that key and each one it uses. */
import type { Secret } from '@holdfast/crypto';
import { secretOf } from '../cipher/secrets.ts';
import { TDES_COUNTER } from './counter.ts';
import { type DeviceKeys, type FutureKeys, openFutureKeys } from './future-keys.ts';
import { type TdesKeyUsage, tdesNextKey, tdesWorkingKey } from './tdes-derivation.ts';
import { withCounter } from './tdes-ksn.ts';

/** One transaction: the serial number that goes with its messages, and its working keys until it ends. */
export type TdesTransaction = {
  /** Ten bytes. */
  readonly ksn: Uint8Array;
  /** The key for one purpose, which the caller wipes. */
  workingKey(usage: TdesKeyUsage): Secret;
  /** Forgets the transaction's key. */
  end(): void;
};

/** One device with the keys that it has left. */
export class TdesDevice {
  readonly #initialKsn: Uint8Array;
  readonly #keys: FutureKeys;

  /** `initialKsn` has ten bytes; its counter does not matter. With `state`, what {@link save} gave, the device goes on. */
  constructor(of: { initialKsn: Uint8Array } & DeviceKeys) {
    const initialKsn = withCounter(of.initialKsn, 0);
    this.#initialKsn = initialKsn;
    this.#keys = openFutureKeys(of, {
      rule: TDES_COUNTER,
      derive: (parent, counter) => tdesNextKey(parent, { initialKsn, counter }),
    });
  }

  /** The keys to come; see {@link AesDevice.save}. */
  save(): Secret {
    return this.#keys.save();
  }

  /** Starts the next transaction; undefined when the counter is out and the device needs another key. */
  begin(): TdesTransaction | undefined {
    const taken = this.#keys.take();
    if (taken === undefined) return undefined;
    const secret = secretOf(taken.key);
    return {
      ksn: withCounter(this.#initialKsn, taken.counter),
      workingKey: (usage) => secret.use((key) => secretOf(tdesWorkingKey(key, usage))),
      end: () => secret.wipe(),
    };
  }

  /** Whether there is a key for another transaction. */
  get hasKeys(): boolean {
    return this.#keys.counter !== undefined;
  }

  /** Forgets all keys. */
  wipe(): void {
    this.#keys.wipe();
  }
}
