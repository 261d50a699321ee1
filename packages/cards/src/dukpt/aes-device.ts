/** A device's side of AES DUKPT: loaded with its initial key once, it forgets that key and each one it uses. */
import { assert } from '@holdfast/base';
import type { Secret } from '@holdfast/crypto';
import { secretOf } from '../cipher/secrets.ts';
import { type AesKeyUsage, aesNextKey, aesWorkingKey, type WorkingKeyType } from './aes-derivation.ts';
import { writeAesKsn } from './aes-ksn.ts';
import { AES_COUNTER } from './counter.ts';
import { FutureKeys } from './future-keys.ts';

/** One transaction: the serial number that goes with its messages, and its working keys until it ends. */
export type AesTransaction = {
  /** Twelve bytes. */
  readonly ksn: Uint8Array;
  /** The key for one purpose, which the caller wipes. */
  workingKey(usage: AesKeyUsage, type: WorkingKeyType): Secret;
  /** Forgets the transaction's key. */
  end(): void;
};

export class AesDevice {
  readonly #initialKeyId: Uint8Array;
  readonly #keys: FutureKeys;

  /** `initialKeyId` has 8 bytes. */
  constructor({ initialKey, initialKeyId }: { initialKey: Secret; initialKeyId: Uint8Array }) {
    assert(initialKeyId.length === 8, 'the name of an initial key has 8 bytes');
    const id = new Uint8Array(initialKeyId);
    this.#initialKeyId = id;
    this.#keys = initialKey.use(
      (key) =>
        new FutureKeys({
          initialKey: key,
          rule: AES_COUNTER,
          derive: (parent, counter) => aesNextKey(parent, { initialKeyId: id, counter }),
        }),
    );
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

  /** Forgets all keys. */
  wipe(): void {
    this.#keys.wipe();
  }
}
