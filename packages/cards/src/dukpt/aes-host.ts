/** The host's side of AES DUKPT: every key of every device from the base derivation key and the serial number. */
import type { Secret } from '@holdfast/crypto';
import { wipe } from '../cipher/bytes.ts';
import { secretOf } from '../cipher/secrets.ts';
import {
  type AesKeyUsage,
  aesInitialKey,
  aesTransactionKey,
  aesWorkingKey,
  type WorkingKeyType,
} from './aes-derivation.ts';
import type { AesKsn } from './aes-ksn.ts';

/** The working key that the device used for this serial number; the caller wipes it. */
export function hostAesWorkingKey({
  baseKey,
  ...form
}: {
  baseKey: Secret;
  ksn: AesKsn;
  usage: AesKeyUsage;
  type: WorkingKeyType;
}): Secret {
  const initial = baseKey.use((key) => aesInitialKey({ baseKey: key, initialKeyId: form.ksn.initialKeyId }));
  const transaction = aesTransactionKey(initial, form.ksn);
  const working = aesWorkingKey(transaction, form);
  wipe(initial, transaction);
  return secretOf(working);
}

/** The initial key to be loaded into the device of this name; the caller wipes it. */
export function hostAesInitialKey(baseKey: Secret, initialKeyId: Uint8Array): Secret {
  return secretOf(baseKey.use((key) => aesInitialKey({ baseKey: key, initialKeyId })));
}
