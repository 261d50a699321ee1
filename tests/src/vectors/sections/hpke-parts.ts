/**
 * The parts that HPKE (RFC 9180) is made of, as WebCrypto does them, on which the product's sealing runs: agreement by X25519
 * (RFC 7748), HKDF (RFC 5869), AES-GCM (NIST SP 800-38D).
 */
import { webcrypto } from 'node:crypto';
import type { Values } from '../case-values.ts';
import { same } from '../compare.ts';

const { subtle } = webcrypto;
/** What stands before the 32 private bytes in PKCS #8 (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');
const TAG_BYTES = 16;

/** Of a private key `sk` and the other side's public key `pk`. */
export async function agreedSecret(it: Values): Promise<Uint8Array> {
  const pkcs8 = Buffer.concat([PKCS8_PREFIX, it.hex('sk')]);
  const own = await subtle.importKey('pkcs8', pkcs8, 'X25519', false, ['deriveBits']);
  const other = await subtle.importKey('raw', new Uint8Array(it.hex('pk')), 'X25519', false, []);
  return new Uint8Array(await subtle.deriveBits({ name: 'X25519', public: other }, own, 256));
}

/** Of `ikm`, `salt` and `info`, as long as what is expected; with SHA-256 unless `hashName` names another. */
export async function expandedKey(it: Values): Promise<Uint8Array> {
  const key = await subtle.importKey('raw', new Uint8Array(it.hex('ikm')), 'HKDF', false, ['deriveBits']);
  const [salt, info] = [partOf(it, 'salt'), partOf(it, 'info')];
  const hash = it.has('hashName') ? it.text('hashName') : 'SHA-256';
  const bits = 8 * it.hex('out').length;
  if (it.has('length')) same('the length', it.hex('out').length, it.number('length'));
  return new Uint8Array(await subtle.deriveBits({ name: 'HKDF', hash, salt, info }, key, bits));
}

/** The tag, after the ciphertext has been compared. */
export async function gcmSealed(it: Values): Promise<Uint8Array> {
  const key = await subtle.importKey('raw', new Uint8Array(it.hex('key')), 'AES-GCM', false, ['encrypt']);
  const [iv, aad, plain] = [partOf(it, 'iv'), partOf(it, 'aad'), partOf(it, 'pt')];
  const sealed = new Uint8Array(
    await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: aad }, key, plain),
  );
  same('the ciphertext', sealed.slice(0, -TAG_BYTES), it.hexIfAny('ct') ?? new Uint8Array());
  return sealed.slice(-TAG_BYTES);
}

/** Empty where it is missing. */
function partOf(it: Values, name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(it.hexIfAny(name) ?? []);
}
