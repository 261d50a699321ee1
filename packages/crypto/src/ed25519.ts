/**
 * Ed25519 (RFC 8032): the device's key, and the verification of what devices sign.
 *
 * A signing key is a closure around OpenSSL's key object: it has no member that holds private bytes, so neither a
 * logger nor JSON can print them. What is best effort: the bytes passed to {@link importSigningKey} and those
 * returned by `exportPkcs8` are ordinary memory; whoever holds them overwrites them after use, and the collector
 * may have moved a copy before that.
 */
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as nodeSign,
  verify as nodeVerify,
} from 'node:crypto';
import { inspect } from 'node:util';
import { AppError, assert, type Random, systemRandom } from '@holdfast/base';
import { toBase64Url } from './base64.ts';
import { sha256 } from './hash.ts';

/** What precedes the 32 private bytes in PKCS #8, and the 32 public ones in SPKI (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** A private key that can sign and be exported, but not be printed. */
export type SigningKey = {
  /** {@link keyIdOf} the public key. */
  readonly keyId: string;
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array;
  /** The 64 bytes of the signature over `data`. */
  sign(data: Uint8Array): Buffer;
  /** The private key as PKCS #8 DER (48 bytes), to be stored encrypted and overwritten after use. */
  exportPkcs8(): Buffer;
};

/** Verifies signatures, and keeps the key objects it made. */
export type Verifier = {
  /**
   * True when `signature` (64 bytes) is the one over `data` by the raw 32-byte public key. Whatever is malformed
   * is false: lengths, points off the curve, keys of small order.
   */
  verify(publicKeyRaw: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean;
};

/** A new key, its 32 private bytes drawn from `random`. */
export function generateSigningKey(random: Random = systemRandom): SigningKey {
  const secret = random.bytes(32);
  const pkcs8 = Buffer.concat([PKCS8_PREFIX, secret]);
  const key = importSigningKey(pkcs8);
  secret.fill(0);
  pkcs8.fill(0);
  return key;
}

/** The key of what `exportPkcs8` returned; any other input is an `AppError` `key_wrong`. */
export function importSigningKey(pkcs8: Uint8Array): SigningKey {
  const der = Buffer.from(pkcs8);
  if (der.length !== 48 || !der.subarray(0, 16).equals(PKCS8_PREFIX)) {
    throw new AppError('key_wrong', 'This is not an Ed25519 private key in PKCS #8');
  }
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const publicKey = new Uint8Array(spki.subarray(SPKI_PREFIX.length));
  const keyId = keyIdOf(publicKey);
  const key: SigningKey = {
    keyId,
    publicKey,
    sign: (data) => nodeSign(null, data, privateKey),
    exportPkcs8: () => privateKey.export({ format: 'der', type: 'pkcs8' }),
  };
  Object.defineProperty(key, 'toJSON', { value: () => ({ keyId }) });
  Object.defineProperty(key, inspect.custom, { value: () => `SigningKey ${keyId}` });
  return Object.freeze(key);
}

/**
 * The name of a public key: `dk_` and the base64url SHA-256 thumbprint of its JWK (RFC 7638, RFC 8037 appendix A.3).
 * It binds the key: nobody can find a second key of the same name.
 */
export function keyIdOf(publicKeyRaw: Uint8Array): string {
  const jwk = `{"crv":"Ed25519","kty":"OKP","x":"${toBase64Url(publicKeyRaw)}"}`;
  return `dk_${toBase64Url(sha256(jwk))}`;
}

/**
 * A verifier that keeps up to `maxKeys` key objects, dropping the least recently used: making one costs about as
 * much as the verification itself.
 */
export function createVerifier(maxKeys = 1024): Verifier {
  assert(Number.isInteger(maxKeys) && maxKeys >= 1, 'a verifier keeps at least one key');
  const keys = new Map<string, KeyObject>();
  const keyOf = (raw: Buffer): KeyObject => {
    const name = raw.toString('latin1');
    const kept = keys.get(name);
    const key =
      kept ?? createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
    // A Map iterates in order of insertion: putting a key back makes it the youngest.
    keys.delete(name);
    keys.set(name, key);
    if (keys.size > maxKeys) {
      for (const oldest of keys.keys()) {
        keys.delete(oldest);
        break;
      }
    }
    return key;
  };
  return {
    verify(publicKeyRaw, data, signature) {
      if (publicKeyRaw.length !== 32 || signature.length !== 64) return false;
      const raw = Buffer.from(publicKeyRaw.buffer, publicKeyRaw.byteOffset, publicKeyRaw.byteLength);
      return nodeVerify(null, data, keyOf(raw), signature);
    },
  };
}
