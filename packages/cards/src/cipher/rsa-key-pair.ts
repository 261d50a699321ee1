/**
 * Makes RSA keys from a port of randomness, so that a simulated card scheme is the same for the same seed. For test
 * schemes: the keys of real cards come from an issuer's security module.
 */
import { checkPrimeSync } from 'node:crypto';
import { assert, type Random } from '@holdfast/base';
import { RSA_MODULUS_MAX, RSA_MODULUS_MIN, type RsaPrivateKey, rsaPrivateKey } from './rsa.ts';

/** A new key with a modulus of exactly `modulusLength` bytes, its highest bit set. */
export function generateRsaKey({
  modulusLength,
  exponent,
  random,
}: {
  modulusLength: number;
  exponent: 3 | 65537;
  random: Random;
}): RsaPrivateKey {
  assert(modulusLength >= RSA_MODULUS_MIN && modulusLength <= RSA_MODULUS_MAX, 'EMV allows the modulus');
  const e = BigInt(exponent);
  const bits = 4 * modulusLength;
  const p = primeOf(bits, e, random);
  let q = primeOf(bits, e, random);
  while (q === p) q = primeOf(bits, e, random);
  const d = inverse(e, (p - 1n) * (q - 1n));
  const [n, dp, dq, qi] = [p * q, d % (p - 1n), d % (q - 1n), inverse(q, p)];
  return rsaPrivateKey({
    n: text(n),
    e: text(e),
    d: text(d),
    p: text(p),
    q: text(q),
    dp: text(dp),
    dq: text(dq),
    qi: text(qi),
  });
}

/** A prime of `bits` bits with its two highest set, so that a product of two has all its bits, and fit for `e`. */
function primeOf(bits: number, e: bigint, random: Random): bigint {
  const start = BigInt(`0x${Buffer.from(random.bytes(Math.ceil(bits / 8))).toString('hex')}`);
  const high = 3n << BigInt(bits - 2);
  let candidate = (start % (1n << BigInt(bits))) | high | 1n;
  while (candidate % e === 1n || !checkPrimeSync(candidate)) candidate += 2n;
  // The search crossed the highest number: a start among the last few, which the next draw does not repeat.
  return candidate >> BigInt(bits) === 0n ? candidate : primeOf(bits, e, random);
}

/** The number that `value` gives 1 with, modulo `modulus` (extended Euclid). */
function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, current] = [0n, 1n];
  let [dividend, divisor] = [modulus, value % modulus];
  while (divisor > 1n) {
    const quotient = dividend / divisor;
    [previous, current] = [current, previous - quotient * current];
    [dividend, divisor] = [divisor, dividend % divisor];
  }
  assert(divisor === 1n, 'the numbers have no common divisor');
  return ((current % modulus) + modulus) % modulus;
}

function text(value: bigint): string {
  const digits = value.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').toString('base64url');
}
