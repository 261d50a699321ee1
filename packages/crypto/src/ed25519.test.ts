import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { isAppError, systemRandom } from '@holdfast/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createVerifier, generateSigningKey, importSigningKey, keyIdOf } from './ed25519.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const pkcs8 = (secret: string): Buffer => hex(`302e020100300506032b657004220420${secret}`);

describe('RFC 8032 section 7.1', () => {
  const vectors = [
    {
      secret: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      message: '',
      signature:
        'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    },
    {
      secret: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      message: '72',
      signature:
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    },
  ];

  test.each(vectors)('signs and verifies message "$message"', ({ secret, publicKey, message, signature }) => {
    const key = importSigningKey(pkcs8(secret));
    expect(Buffer.from(key.publicKey).toString('hex')).toBe(publicKey);
    expect(key.sign(hex(message)).toString('hex')).toBe(signature);
    expect(createVerifier().verify(key.publicKey, hex(message), hex(signature))).toBe(true);
  });

  test('the thumbprint of RFC 8037 appendix A.3 names the first of them', () => {
    expect(keyIdOf(hex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'))).toBe(
      'dk_kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    );
  });
});

describe('a signing key', () => {
  test('survives export and import', () => {
    const key = generateSigningKey();
    const again = importSigningKey(key.exportPkcs8());
    expect(again.keyId).toBe(key.keyId);
    expect(again.sign(Buffer.from('x'))).toEqual(key.sign(Buffer.from('x')));
  });

  test('is drawn from the random port', () => {
    const random = { ...systemRandom, bytes: (length: number) => new Uint8Array(length).fill(7) };
    expect(generateSigningKey(random).keyId).toBe(importSigningKey(pkcs8('07'.repeat(32))).keyId);
  });

  test('cannot be printed', () => {
    const key = generateSigningKey();
    const secret = key.exportPkcs8().subarray(16);
    expect(JSON.parse(JSON.stringify({ key }))).toEqual({ key: { keyId: key.keyId } });
    const depth = { depth: null, showHidden: true };
    for (const shown of [inspect(key), inspect({ key }, depth), JSON.stringify(key), String(key), `${key}`]) {
      expect(shown).not.toContain(secret.toString('hex'));
      expect(shown).not.toContain(secret.toString('base64').slice(0, 40));
      expect(shown).not.toContain(secret.toString('base64url').slice(0, 40));
    }
    expect(inspect(key)).toBe(`SigningKey ${key.keyId}`);
    expect(() => structuredClone(key)).toThrow();
  });

  test('of another kind, torn or empty is refused', () => {
    const x25519 = generateKeyPairSync('x25519').privateKey.export({ format: 'der', type: 'pkcs8' });
    const good = generateSigningKey().exportPkcs8();
    for (const bad of [x25519, good.subarray(0, 47), Buffer.concat([good, good]), Buffer.alloc(0)]) {
      expect.soft(() => importSigningKey(bad)).toThrow();
      try {
        importSigningKey(bad);
      } catch (error) {
        expect(isAppError(error, 'key_wrong')).toBe(true);
      }
    }
  });
});

describe('a verifier', () => {
  const verifier = createVerifier();
  const key = generateSigningKey();

  test('refuses any other byte of key, data or signature', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (data, at, flip) => {
          const signature = key.sign(data);
          expect(verifier.verify(key.publicKey, data, signature)).toBe(true);
          const flipped = (bytes: Uint8Array): Uint8Array =>
            bytes.map((byte, i) => (i === at % bytes.length ? byte ^ flip : byte));
          expect(verifier.verify(flipped(key.publicKey), data, signature)).toBe(false);
          expect(verifier.verify(key.publicKey, flipped(data), signature)).toBe(false);
          expect(verifier.verify(key.publicKey, data, flipped(signature))).toBe(false);
        },
      ),
    );
  });

  test('is false, and throws nothing, for arbitrary bytes', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ minLength: 32, maxLength: 32 }));
    fc.assert(
      fc.property(
        bytes,
        fc.uint8Array(),
        fc.uint8Array({ minLength: 63, maxLength: 65 }),
        (raw, data, signature) => {
          expect(verifier.verify(raw, data, signature)).toBe(false);
        },
      ),
    );
  });

  test('refuses a signature whose scalar was raised by the order of the group', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const data = Buffer.from('malleable');
    const signature = Buffer.from(key.sign(data));
    let scalar = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
    for (let i = 32; i < 64; i += 1, scalar >>= 8n) signature[i] = Number(scalar & 0xffn);
    expect(verifier.verify(key.publicKey, data, signature)).toBe(false);
  });

  test('drops the least recently used key, and stays right', () => {
    const small = createVerifier(2);
    const keys = Array.from({ length: 5 }, () => generateSigningKey());
    const data = Buffer.from('x');
    for (let round = 0; round < 3; round += 1) {
      for (const each of keys) expect(small.verify(each.publicKey, data, each.sign(data))).toBe(true);
    }
    expect(() => createVerifier(0)).toThrow();
  });
});

describe('keys of small order', () => {
  const p = 2n ** 255n - 19n;
  const power = (base: bigint, exponent: bigint): bigint => {
    let result = 1n;
    for (let b = base % p, e = exponent; e > 0n; e >>= 1n, b = (b * b) % p)
      if (e & 1n) result = (result * b) % p;
    return result;
  };
  const inverse = (a: bigint): bigint => power(((a % p) + p) % p, p - 2n);
  const d = (((-121665n * inverse(121666n)) % p) + p) % p;
  /** The y of twice the point with that y (its x only ever appears squared). */
  const doubled = (y: bigint): bigint => {
    const yy = (y * y) % p;
    const xx = ((yy - 1n) * inverse(d * yy + 1n)) % p;
    return ((((yy + xx) * inverse(1n - d * xx * yy)) % p) + p) % p;
  };
  const encoded = (y: bigint, sign: number): Buffer => {
    const bytes = Buffer.from(y.toString(16).padStart(64, '0'), 'hex').reverse();
    bytes[31] = (bytes[31] ?? 0) | sign;
    return bytes;
  };
  const y8 = BigInt(
    `0x${Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'hex').reverse().toString('hex')}`,
  );
  const ys = [1n, p - 1n, 0n, y8, p - y8, p, p + 1n];

  test('are these seven encodings, and their negatives', () => {
    for (const y of ys) expect(doubled(doubled(doubled(y)))).toBe(1n);
  });

  test('verify nothing, though anybody could sign for them', () => {
    const verifier = createVerifier();
    const points = ys.flatMap((y) => [encoded(y, 0), encoded(y, 0x80)]);
    for (const publicKey of points) {
      for (const r of points) {
        const signature = Buffer.concat([r, Buffer.alloc(32)]);
        // The challenge counts modulo 8 here, so that 32 messages would meet the residue that verifies.
        for (let i = 0; i < 32; i += 1) {
          expect(verifier.verify(publicKey, Buffer.from([i]), signature)).toBe(false);
        }
      }
    }
  });
});
