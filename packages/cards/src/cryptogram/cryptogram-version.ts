/**
 * Which keys and calculations go with a cryptogram version number, as far as the schemes' rules are public. The number
 * is in the card's issuer application data (tag 9F10); which data are authenticated is for the caller to collect.
 */
import { assert } from '@holdfast/base';
import type { Secret } from '@holdfast/crypto';
import type { MacPadding } from '../cipher/iso9797.ts';
import { applicationCryptogram } from './application-cryptogram.ts';
import { type CardOfIssuer, iccMasterKey, type MasterKeyOption } from './icc-master-key.ts';
import { commonAcSessionKey, mastercardAcSessionKey } from './session-key.ts';

/** `emv_common` is the profile of EMV's Common Core Definitions (CVN 5 with triple DES). */
export type CryptogramVersion =
  | 'visa_10'
  | 'visa_18'
  | 'mastercard_16'
  | 'mastercard_17'
  | 'mastercard_20'
  | 'mastercard_21'
  | 'interac_133'
  | 'emv_common';

/** `master`: the card's master key itself. */
type KeyRule = 'master' | 'common' | 'mastercard';

export type CryptogramRules = {
  readonly masterKey: MasterKeyOption;
  readonly acKey: KeyRule;
  readonly padding: MacPadding;
  readonly arpcKey: KeyRule;
  readonly arpcMethod: 1 | 2;
};

const MASTERCARD_OWN: CryptogramRules = {
  masterKey: 'a',
  acKey: 'mastercard',
  padding: 2,
  arpcKey: 'master',
  arpcMethod: 1,
};
const MASTERCARD_COMMON: CryptogramRules = { ...MASTERCARD_OWN, acKey: 'common', arpcKey: 'common' };
const COMMON: CryptogramRules = {
  masterKey: 'b',
  acKey: 'common',
  padding: 2,
  arpcKey: 'common',
  arpcMethod: 2,
};

/** The rules of each version. 17 and 21 are 16 and 20 with the card's counters among the data. */
export const CRYPTOGRAM_RULES: Record<CryptogramVersion, CryptogramRules> = {
  visa_10: { masterKey: 'a', acKey: 'master', padding: 1, arpcKey: 'master', arpcMethod: 1 },
  visa_18: COMMON,
  mastercard_16: MASTERCARD_OWN,
  mastercard_17: MASTERCARD_OWN,
  mastercard_20: MASTERCARD_COMMON,
  mastercard_21: MASTERCARD_COMMON,
  interac_133: { ...MASTERCARD_OWN, arpcKey: 'mastercard' },
  emv_common: COMMON,
};

/** What differs from one transaction to the next: tags 9F36 (2 bytes) and 9F37 (4 bytes, for `mastercard` keys). */
export type TransactionValues = { atc: Uint8Array; unpredictableNumber?: Uint8Array | undefined };

/** The card's master key for cryptograms of this version; the caller wipes it. */
export function masterKeyFor(version: CryptogramVersion, card: CardOfIssuer): Secret {
  return iccMasterKey(CRYPTOGRAM_RULES[version].masterKey, card);
}

/** The cryptogram of a card over `data`: 8 bytes. */
export function cryptogramOf(
  version: CryptogramVersion,
  { masterKey, data, ...values }: { masterKey: Secret; data: Uint8Array } & TransactionValues,
): Uint8Array<ArrayBuffer> {
  const { acKey, padding } = CRYPTOGRAM_RULES[version];
  return withKey(acKey, masterKey, values, (key) => applicationCryptogram(key, { data, padding }));
}

/** Runs `fn` with the key that the issuer's answer is calculated with, and wipes it where it was derived for this. */
export function withArpcKey<T>(
  version: CryptogramVersion,
  { masterKey, ...values }: { masterKey: Secret } & TransactionValues,
  fn: (key: Secret) => T,
): T {
  return withKey(CRYPTOGRAM_RULES[version].arpcKey, masterKey, values, fn);
}

function withKey<T>(rule: KeyRule, masterKey: Secret, values: TransactionValues, fn: (key: Secret) => T): T {
  if (rule === 'master') return fn(masterKey);
  const key = rule === 'common' ? commonAcSessionKey(masterKey, values.atc) : ownKey(masterKey, values);
  try {
    return fn(key);
  } finally {
    key.wipe();
  }
}

function ownKey(masterKey: Secret, { atc, unpredictableNumber }: TransactionValues): Secret {
  assert(unpredictableNumber !== undefined, 'this derivation needs the unpredictable number');
  return mastercardAcSessionKey(masterKey, { atc, unpredictableNumber });
}
