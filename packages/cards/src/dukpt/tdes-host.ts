/** The host's side of triple DES DUKPT: every key of every device from the base derivation key and the serial number. */
import type { Secret } from '@holdfast/crypto';
import { wipe } from '../cipher/bytes.ts';
import { secretOf } from '../cipher/secrets.ts';
import { type TdesKeyUsage, tdesInitialKey, tdesTransactionKey, tdesWorkingKey } from './tdes-derivation.ts';
import type { TdesKsn } from './tdes-ksn.ts';

/** The working key that the device used for this serial number; the caller wipes it. */
export function hostTdesWorkingKey({
  baseKey,
  ksn,
  usage,
}: {
  baseKey: Secret;
  ksn: TdesKsn;
  usage: TdesKeyUsage;
}): Secret {
  const initial = baseKey.use((key) => tdesInitialKey({ baseKey: key, initialKsn: ksn.initialKsn }));
  const transaction = tdesTransactionKey(initial, ksn);
  const working = tdesWorkingKey(transaction, usage);
  wipe(initial, transaction);
  return secretOf(working);
}

/** The initial key to be loaded into the device of this serial number; the caller wipes it. */
export function hostTdesInitialKey(baseKey: Secret, initialKsn: Uint8Array): Secret {
  return secretOf(baseKey.use((key) => tdesInitialKey({ baseKey: key, initialKsn })));
}
