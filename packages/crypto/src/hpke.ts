/**
 * Sealing to a key whose private half is elsewhere (HPKE, RFC 9180, base mode): a device seals card data to a settlement
 * key of the hub and cannot read it back. DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, and AES-256-GCM; AES-128-GCM is what
 * the published vectors use. The library runs on WebCrypto, so both directions are asynchronous.
 */
import { assert } from '@holdfast/base';
import { Aes128Gcm, Aes256Gcm, CipherSuite, DecapError, HkdfSha256, OpenError } from '@hpke/core';
import { DhkemX25519HkdfSha256 } from '@hpke/dhkem-x25519';
import type { Secret } from './secret.ts';

/** The cipher of the sealed bytes. */
export type HpkeCipher = 'aes-256-gcm' | 'aes-128-gcm';

/** What was sealed: the sender's one-time public key (32 bytes), and the ciphertext with its tag of 16 bytes. */
export type HpkeSealed = { enc: Uint8Array; ciphertext: Uint8Array };

/** `info` binds the use and the key's name, `aad` what the sealed bytes belong to; both sides give the same. */
export type HpkeContext = { info: Uint8Array; aad: Uint8Array; cipher?: HpkeCipher };

/** `malformed`: nothing that is sealed looks so, or its one-time key is one that makes no secret (RFC 7748 6.1). */
export type HpkeOpened =
  | { ok: true; plaintext: Uint8Array }
  | { ok: false; reason: 'malformed' | 'not_authentic' };

const KEY_BYTES = 32;
const TAG_BYTES = 16;
const CIPHERS = { 'aes-256-gcm': Aes256Gcm, 'aes-128-gcm': Aes128Gcm } as const;

/**
 * Seals to a public key of 32 raw bytes. The plaintext stays the caller's, to be overwritten; the copy that is made of it
 * is. A key of low order, with which there is no secret, rejects.
 */
export async function hpkeSeal(
  recipient: Uint8Array,
  plaintext: Uint8Array,
  context: HpkeContext,
): Promise<HpkeSealed> {
  assert(recipient.length === KEY_BYTES, 'a public key has 32 bytes');
  const suite = suiteOf(context);
  const recipientPublicKey = await suite.kem.deserializePublicKey(own(recipient));
  const clear = own(plaintext);
  try {
    const params = { recipientPublicKey, info: own(context.info) };
    const { enc, ct } = await suite.seal(params, clear, own(context.aad));
    return { enc: new Uint8Array(enc), ciphertext: new Uint8Array(ct) };
  } finally {
    new Uint8Array(clear).fill(0);
  }
}

/** Opens what was sealed to the private key of 32 raw bytes. A wrong key, context or byte is `not_authentic`. */
export async function hpkeOpen(
  privateKey: Secret,
  { enc, ciphertext }: HpkeSealed,
  context: HpkeContext,
): Promise<HpkeOpened> {
  if (enc.length !== KEY_BYTES || ciphertext.length < TAG_BYTES) return { ok: false, reason: 'malformed' };
  const suite = suiteOf(context);
  const raw = privateKey.use((bytes) => own(bytes));
  assert(raw.byteLength === KEY_BYTES, 'a private key has 32 bytes');
  try {
    const recipientKey = await suite.kem.importKey('raw', raw, false);
    const params = { recipientKey, enc: own(enc), info: own(context.info) };
    const plaintext = await suite.open(params, own(ciphertext), own(context.aad));
    return { ok: true, plaintext: new Uint8Array(plaintext) };
  } catch (error) {
    if (error instanceof OpenError) return { ok: false, reason: 'not_authentic' };
    if (error instanceof DecapError) return { ok: false, reason: 'malformed' };
    throw error;
  } finally {
    new Uint8Array(raw).fill(0);
  }
}

function suiteOf({ cipher = 'aes-256-gcm' }: HpkeContext): CipherSuite {
  const aead = new CIPHERS[cipher]();
  return new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead });
}

/** A copy in a buffer of its own, which is what the library takes. */
function own(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
