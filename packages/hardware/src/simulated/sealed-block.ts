/** Sealing of what a secure element keeps outside of its own chip: AES-256-GCM with a nonce of its own each time. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { assert, type Random } from '@holdfast/base';
import { Secret } from '@holdfast/crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const PURPOSE = Buffer.from('holdfast/secure-element/1');

/** The sealed bytes: nonce, ciphertext, tag. `key` has 32 bytes. */
export function sealBlock(clear: Secret, { key, random }: { key: Secret; random: Random }): Uint8Array {
  const nonce = random.bytes(NONCE_BYTES);
  return key.use((keyBytes) => {
    assert(keyBytes.length === KEY_BYTES, 'a sealing key has 32 bytes');
    const cipher = createCipheriv('aes-256-gcm', keyBytes, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(PURPOSE);
    return clear.use((bytes) =>
      Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]),
    );
  });
}

/** What was sealed; undefined where the key is another one or a bit has changed. */
export function openBlock(sealed: Uint8Array, key: Secret): Secret | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  return key.use((keyBytes) => {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', keyBytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(PURPOSE);
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const clear = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
    try {
      decipher.final();
      return new Secret(clear);
    } catch {
      // GCM has one error: the tag does not fit.
      return undefined;
    } finally {
      clear.fill(0);
    }
  });
}
