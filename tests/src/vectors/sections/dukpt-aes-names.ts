/** What the names of working keys in a vector of AES DUKPT mean: `pinKeyAes128`, `mac_verification`, `hmacKey256`. */
import type { AesKeyUsage, WorkingKeyType } from '@holdfast/cards';

/** A working key by its name; the types in the order in which they are tried. */
export type KeyMeant = { usage: AesKeyUsage; types: readonly WorkingKeyType[] };

/** A family of working keys. */
export type Family = 'aes' | 'tdes' | 'hmac';

const LENGTHS = {
  aes128: 16,
  tdes2: 16,
  hmac128: 16,
  aes192: 24,
  tdes3: 24,
  hmac192: 24,
  aes256: 32,
  hmac256: 32,
} as const satisfies Record<WorkingKeyType, number>;
// The members of the object are what its type says.
const TYPES = Object.keys(LENGTHS) as WorkingKeyType[];

const IS_KEY =
  /key|kek|pek|^(?:pin|mac_generation|mac_verification|mac_both|data_encryption|data_decryption|data_both)$/;
const USAGES: readonly [name: RegExp, usage: AesKeyUsage][] = [
  [/^(?:kek|key_enc)/, 'key_encryption'],
  [/^(?:pin|pek)/, 'pin'],
  [/^(?:[ch]?mac|mak)\w*both/, 'mac_both'],
  [/^(?:[ch]?mac|mak)_?(?:ver|res)/, 'mac_verification'],
  [/^(?:[ch]?mac|mak)/, 'mac_generation'],
  [/data\w*both/, 'data_both'],
  [/data_?(?:dec|res)/, 'data_decryption'],
  [/data|enc/, 'data_encryption'],
];

/** Every use of a working key. */
export const ALL_USAGES: readonly AesKeyUsage[] = USAGES.map(([, usage]) => usage);

/** The key that a name means for a value of so many bytes; undefined where the name means none. */
export function keyMeant(name: string, bytes: number): KeyMeant | undefined {
  const folded = name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  if (!IS_KEY.test(folded)) return undefined;
  const usage = USAGES.find(([pattern]) => pattern.test(folded))?.[1];
  const types = TYPES.filter((type) => LENGTHS[type] === bytes && type.startsWith(familyOf(folded)));
  return usage && types.length > 0 ? { usage, types } : undefined;
}

/** The types of a family that a base key of so many bytes may be asked for (X9.24-3:2017 6.2.1). */
export function typesOf(family: Family, baseKeyBytes: number): WorkingKeyType[] {
  return TYPES.filter(
    (type) => type.startsWith(family) && (family === 'tdes' || LENGTHS[type] <= baseKeyBytes),
  );
}

/** Keys are of AES unless their names say otherwise. */
function familyOf(folded: string): Family {
  if (/tde[as]|des/.test(folded)) return 'tdes';
  return folded.includes('hmac') ? 'hmac' : 'aes';
}
