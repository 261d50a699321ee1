/** Keys that were just calculated, moved to where they can be wiped. */
import { Secret } from '@holdfast/crypto';
import { wipe } from './bytes.ts';

/** Takes the bytes over: the array is overwritten. */
export function secretOf(bytes: Uint8Array): Secret {
  const secret = new Secret(bytes);
  wipe(bytes);
  return secret;
}
