/** Ed25519 signatures as the product makes and verifies them, and sealing to a key by HPKE. */
import { createVerifier, hpkeOpen, importSigningKey, Secret } from '@holdfast/crypto';
import { Mismatch, parsed, same, type Values } from '../case-values.ts';
import { caseOf, type Section } from '../section.ts';

/** What stands before the 32 private bytes in PKCS #8 (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export const modernCrypto: Section = (section) => [
  ...caseOf(section, 'ed25519', checkSignature),
  ...caseOf(section, 'hpke', checkSealed),
];

function checkSignature(it: Values): void {
  const key = importSigningKey(Buffer.concat([PKCS8_PREFIX, it.hex('sk')]));
  same('the public key', key.publicKey, it.hex('pk'));
  same('the signature', key.sign(it.hex('msg')), it.hex('sig'));
  if (!createVerifier().verify(it.hex('pk'), it.hex('msg'), it.hex('sig')))
    throw new Mismatch('the signature is not verified');
}

/** The published vector is of AES-128-GCM; the product seals with AES-256-GCM. */
async function checkSealed(it: Values): Promise<void> {
  const sealed = { enc: it.hex('enc'), ciphertext: it.hex('ct') };
  const context = { info: it.hex('info'), aad: it.hex('aad'), cipher: 'aes-128-gcm' } as const;
  const { plaintext } = parsed('the ciphertext', await hpkeOpen(new Secret(it.hex('skRm')), sealed, context));
  same('the plaintext', Buffer.from(plaintext).toString('utf8'), it.text('pt'));
}
