import { createPrivateKey, createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hpkeOpen, hpkeSeal } from './hpke.ts';
import { Secret } from './secret.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');
const PRIVATE = bytes('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8');
const spki = createPublicKey(
  createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, PRIVATE]), format: 'der', type: 'pkcs8' }),
).export({ format: 'der', type: 'spki' });
const PUBLIC = new Uint8Array(spki.subarray(-32));

/** RFC 9180 A.1.1. */
const VECTOR = {
  enc: bytes('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431'),
  ciphertext: bytes(
    'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
  ),
};
const CONTEXT = {
  info: bytes('4f6465206f6e2061204772656369616e2055726e'),
  aad: bytes('436f756e742d30'),
  cipher: 'aes-128-gcm',
} as const;

it('opens what RFC 9180 sealed', async () => {
  const opened = await hpkeOpen(new Secret(PRIVATE), VECTOR, CONTEXT);
  expect(opened.ok && Buffer.from(opened.plaintext).toString()).toBe('Beauty is truth, truth beauty');
});

it.each(['enc', 'ciphertext'] as const)('refuses it with another byte in its %s', async (name) => {
  const changed = VECTOR[name].slice();
  changed[3] = (changed[3] ?? 0) ^ 1;
  const opened = await hpkeOpen(new Secret(PRIVATE), { ...VECTOR, [name]: changed }, CONTEXT);
  expect(opened).toEqual({ ok: false, reason: 'not_authentic' });
});

it.each(['info', 'aad'] as const)('refuses it with another %s', async (name) => {
  const opened = await hpkeOpen(new Secret(PRIVATE), VECTOR, { ...CONTEXT, [name]: bytes('00') });
  expect(opened).toEqual({ ok: false, reason: 'not_authentic' });
});

it.each([
  { enc: VECTOR.enc.slice(1), ciphertext: VECTOR.ciphertext },
  { enc: VECTOR.enc, ciphertext: VECTOR.ciphertext.slice(0, 15) },
  // Points of low order: the shared secret would be zero, whatever the private key is.
  { enc: new Uint8Array(32), ciphertext: VECTOR.ciphertext },
  { enc: Uint8Array.of(1, ...new Uint8Array(31)), ciphertext: VECTOR.ciphertext },
])('refuses what cannot have been sealed', async (sealed) => {
  expect(await hpkeOpen(new Secret(PRIVATE), sealed, CONTEXT)).toEqual({ ok: false, reason: 'malformed' });
});

it('opens what it seals, and seals nothing twice alike', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 40 }),
      async (plaintext, aad) => {
        const context = { info: bytes('01'), aad };
        const [sealed, again] = [
          await hpkeSeal(PUBLIC, plaintext, context),
          await hpkeSeal(PUBLIC, plaintext, context),
        ];
        expect(sealed).not.toEqual(again);
        expect(await hpkeOpen(new Secret(PRIVATE), sealed, context)).toEqual({ ok: true, plaintext });
      },
    ),
    { numRuns: 20 },
  );
});
