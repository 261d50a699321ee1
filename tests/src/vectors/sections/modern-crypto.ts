/** Ed25519 signatures as the product makes and verifies them, sealing to a key by HPKE and its parts, hashes and MACs. */
import { aesCmac } from '@holdfast/cards';
import {
  createVerifier,
  type HpkeCipher,
  hmacSha256,
  hpkeOpen,
  importSigningKey,
  Secret,
  sha256,
} from '@holdfast/crypto';
import type { Values } from '../case-values.ts';
import { ascii, Mismatch, parsed, same } from '../compare.ts';
import { type Case, casesOf, REJECT, type Section } from '../section.ts';
import { spellings } from '../spellings.ts';
import { agreedSecret, expandedKey, gcmSealed } from './hpke-parts.ts';

/** What stands before the 32 private bytes in PKCS #8 (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const NOTHING = new Uint8Array();

/** Results of single functions, which may have their names. */
const OUTPUTS = ['cmac', 'hmac', 'sha256'];

type Check = (it: Values, isRefused: boolean) => Promise<undefined> | undefined;

const CHECKS: readonly [name: RegExp, check: Check][] = [
  [/ed_?25519/i, checkSignature],
  [/hpke/i, checkSealed],
  [/hkdf/i, async (it) => sameOut(it, await expandedKey(it))],
  [/x_?25519/i, async (it) => sameOut(it, await agreedSecret(it))],
  [/gcm/i, async (it) => sameOut(it, await gcmSealed(it))],
  [/cmac/i, (it) => sameOut(it, aesCmac(it.hex('key'), messageOf(it)))],
  [/hmac/i, (it) => sameOut(it, hmacSha256(it.hex('key'), messageOf(it)))],
  [/sha_?256/i, (it) => sameOut(it, sha256(messageOf(it)))],
];

export const modernCrypto: Section = {
  spellings: spellings({
    sk: ['secretKey', 'privateKey', 'seed', 'private', 'secret'],
    pk: ['publicKey', 'public', 'peerPublicKey'],
    msg: ['message', 'm', 'input', 'data'],
    sig: ['signature'],
    skRm: ['skR', 'recipientPrivateKey'],
    ct: ['ciphertext', 'sealed', 'c'],
    pt: ['plaintext', 'plain', 'p'],
    ikm: ['inputKeyMaterial'],
    iv: ['nonce'],
    out: ['mac', 'tag', 'digest', 'hash', 'md', 'okm', 'shared', 'sharedSecret', 'expected'],
  }),
  cases: (section) =>
    section.names().flatMap((name): Case[] => {
      const check = CHECKS.find(([pattern]) => pattern.test(name))?.[1];
      return check ? casesOf(section, name, (it) => check(it, REJECT.test(name))) : [];
    }),
};

/** A signature of a list that must be refused, or that the vector itself calls invalid, is not verified. */
function checkSignature(it: Values, isRejected: boolean): undefined {
  const isRefused = isRejected || (it.has('valid') && it.raw('valid') === false);
  const isVerified = createVerifier().verify(it.hex('pk'), it.hex('msg'), it.hex('sig'));
  if (isVerified === isRefused) throw new Mismatch(`the signature is ${isVerified ? '' : 'not '}verified`);
  if (!it.has('sk')) return;
  const key = importSigningKey(Buffer.concat([PKCS8_PREFIX, it.hex('sk').slice(0, 32)]));
  same('the public key', key.publicKey, it.hex('pk'));
  if (!isRefused) same('the signature', key.sign(it.hex('msg')), it.hex('sig'));
}

/** The first published vector is of AES-128-GCM; the product seals with AES-256-GCM. Each opens its own alone. */
async function checkSealed(it: Values, isRefused: boolean): Promise<undefined> {
  const sealed = { enc: it.hex('enc'), ciphertext: it.hex('ct') };
  const context = { info: it.hexIfAny('info') ?? NOTHING, aad: it.hexIfAny('aad') ?? NOTHING };
  const open = (cipher: HpkeCipher) => hpkeOpen(new Secret(it.hex('skRm')), sealed, { ...context, cipher });
  const [first, second] = [await open('aes-128-gcm'), await open('aes-256-gcm')];
  if (isRefused) {
    if (first.ok || second.ok) throw new Mismatch('the ciphertext is accepted');
    return;
  }
  const { plaintext } = parsed('the ciphertext', first.ok ? first : second);
  const text = Buffer.from(plaintext).toString('utf8');
  if (it.text('pt') !== text) same('the plaintext', plaintext, it.hexIfAny('pt'));
}

/** A message in hexadecimal digits, or under `text` as it is. */
function messageOf(it: Values): Uint8Array {
  return it.has('text') ? ascii(it.text('text')) : it.hex('msg');
}

/** The value may be cut to the first bytes of what came out. */
function sameOut(it: Values, made: Uint8Array): undefined {
  const expected = it.hex(OUTPUTS.find((name) => it.has(name)) ?? 'out');
  if (expected.length === 0) throw new Mismatch('nothing is expected');
  same('what came out', new Uint8Array(made).slice(0, expected.length), expected);
}
