/** A device's side of AES DUKPT: loaded with its initial key once, it forgets that key and each one it uses. */
import { assert } from '@holdfast/base';
import type { Secret } from '@holdfast/crypto';
import { secretOf } from '../cipher/secrets.ts';
import { type AesKeyUsage, aesNextKey, aesWorkingKey, type WorkingKeyType } from './aes-derivation.ts';
import { writeAesKsn } from './aes-ksn.ts';
import { AES_COUNTER } from './counter.ts';
import { type DeviceKeys, type FutureKeys, openFutureKeys } from './future-keys.ts';

/** One transaction: the serial number that goes with its messages, and its working keys until it ends. */
export type AesTransaction = {
  /** Twelve bytes. */
  readonly ksn: Uint8Array;
  /** The key for one purpose, which the caller wipes. */
  workingKey(usage: AesKeyUsage, type: WorkingKeyType): Secret;
  /** Forgets the transaction's key. */
  end(): void;
};

/** One device with the keys that it has left. */
export class AesDevice {
  readonly #initialKeyId: Uint8Array;
  readonly #keys: FutureKeys;

  /** `initialKeyId` has 8 bytes. With `state`, what {@link save} gave, the device goes on where it was. */
  constructor(of: { initialKeyId: Uint8Array } & DeviceKeys) {
    const initialKeyId = new Uint8Array(of.initialKeyId);
    assert(initialKeyId.length === 8, 'the name of an initial key has 8 bytes');
    this.#initialKeyId = initialKeyId;
    this.#keys = openFutureKeys(of, {
      rule: AES_COUNTER,
      derive: (parent, counter) => aesNextKey(parent, { initialKeyId, counter }),
    });
  }

  /**
   * The keys to come, which the caller seals and wipes. Write them down after {@link begin} and before the transaction
   * is used: a device that starts again from an older state would use its keys twice.
   */
  save(): Secret {
    return this.#keys.save();
  }

  /** Starts the next transaction; undefined when the counter is out and the device needs another key. */
  begin(): AesTransaction | undefined {
    const taken = this.#keys.take();
    if (taken === undefined) return undefined;
    const ksn = { initialKeyId: this.#initialKeyId, counter: taken.counter };
    const secret = secretOf(taken.key);
    return {
      ksn: writeAesKsn(ksn),
      workingKey: (usage, type) => secret.use((key) => secretOf(aesWorkingKey(key, { ksn, usage, type }))),
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
