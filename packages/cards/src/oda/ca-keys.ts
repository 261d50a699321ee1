/**
 * The public keys of certification authorities that a terminal trusts, and the issuer certificates that were called
 * back (EMV Book 2 10.1 and 5.1.2). The scheme's identifier and the card's index say which key.
 */
import { createHash } from 'node:crypto';
import { sameBytes } from '@holdfast/crypto';
import { concatBytes } from '../cipher/bytes.ts';
import { isAllowedExponent, isAllowedModulus, type RsaPublicKey } from '../cipher/rsa.ts';
import { toHex } from '../encoding/hex.ts';
import type { YearMonth } from './expiry.ts';

/** One key. `rid`: 5 bytes. `index`: 0 to 255 (tag 8F). */
export type CaPublicKey = RsaPublicKey & {
  readonly rid: Uint8Array;
  readonly index: number;
  /** The last month it may be used in, if it has one. */
  readonly expires?: YearMonth;
};

/** A key as it is delivered: with its checksum, 20 bytes. */
export type DeliveredCaKey = CaPublicKey & { readonly checksum: Uint8Array };

/** A certificate that was called back. `serialNumber`: 3 bytes. */
export type RevokedCertificate = {
  readonly rid: Uint8Array;
  readonly index: number;
  readonly serialNumber: Uint8Array;
};

export type CaKeys = {
  /** The key of a scheme and an index. */
  find(rid: Uint8Array, index: number): CaPublicKey | undefined;
  isRevoked(certificate: RevokedCertificate): boolean;
};

/** What is wrong with a delivered key, and with which: its place in the list. */
export type CaKeyFault = { ok: false; at: number; reason: 'form' | 'checksum' | 'duplicate' };

/** Takes over delivered keys if all of them are whole. */
export function createCaKeys({
  keys,
  revoked,
}: {
  keys: readonly DeliveredCaKey[];
  revoked: readonly RevokedCertificate[];
}): { ok: true; caKeys: CaKeys } | CaKeyFault {
  const byName = new Map<string, CaPublicKey>();
  for (const [at, key] of keys.entries()) {
    const reason = faultOf(key) ?? (byName.has(nameOf(key)) ? 'duplicate' : undefined);
    if (reason !== undefined) return { ok: false, at, reason };
    byName.set(nameOf(key), key);
  }
  const list = new Set(revoked.map(serialOf));
  return {
    ok: true,
    caKeys: {
      find: (rid, index) => byName.get(nameOf({ rid, index })),
      isRevoked: (certificate) => list.has(serialOf(certificate)),
    },
  };
}

/** The checksum of a key (Book 2 table 30): SHA-1 of scheme, index, modulus and exponent. */
export function caKeyChecksum({ rid, index, modulus, exponent }: CaPublicKey): Uint8Array {
  const parts = concatBytes(rid, Uint8Array.of(index), modulus, exponent);
  return new Uint8Array(createHash('sha1').update(parts).digest());
}

function faultOf(key: DeliveredCaKey): 'form' | 'checksum' | undefined {
  const isName = key.rid.length === 5 && Number.isInteger(key.index) && key.index >= 0 && key.index <= 255;
  if (!isName || !isAllowedModulus(key.modulus) || !isAllowedExponent(key.exponent)) return 'form';
  return sameBytes(key.checksum, caKeyChecksum(key)) ? undefined : 'checksum';
}

function nameOf({ rid, index }: { rid: Uint8Array; index: number }): string {
  return `${toHex(rid)}:${index}`;
}

function serialOf(certificate: RevokedCertificate): string {
  return `${nameOf(certificate)}:${toHex(certificate.serialNumber)}`;
}
