/** Static data authentication (EMV Book 2 5.2 and 5.4): the issuer signed the card's data. It proves nothing of the card. */
import { assert } from '@holdfast/base';
import { concatBytes } from '../cipher/bytes.ts';
import type { RsaPrivateKey, RsaPublicKey } from '../cipher/rsa.ts';
import { FORMAT, FRAME_LENGTH, HASH_ALGORITHM, recover, sign } from './recovery.ts';
import { type OdaFailure, refused } from './refusal.ts';

export type SignedStaticData = {
  /** 2 bytes of the issuer's (tag 9F45). */
  readonly dataAuthenticationCode: Uint8Array;
  /** 20 bytes: over the signature's contents and the static data. */
  readonly hash: Uint8Array;
  vouchesFor(staticData: Uint8Array): boolean;
};

const FILLER = 0xbb;
/** Bytes before the filler: hash algorithm, data authentication code. */
const HEAD_LENGTH = 3;

/** Opens the signature (tag 93) and checks its form. */
export function openSignedStaticData(
  signature: Uint8Array,
  issuerKey: RsaPublicKey,
): { ok: true; signed: SignedStaticData } | OdaFailure {
  const block = recover(signature, { key: issuerKey, format: FORMAT.staticData });
  if (!block.ok) return block;
  if (block.contents[0] !== HASH_ALGORITHM) return refused('hash_algorithm');
  const dataAuthenticationCode = block.contents.slice(1, HEAD_LENGTH);
  return {
    ok: true,
    signed: {
      dataAuthenticationCode,
      hash: block.hash,
      vouchesFor: (staticData) => block.isHashOf(staticData),
    },
  };
}

/** Signs a card's data: for the issuer of a test scheme. */
export function signStaticData({
  issuerKey,
  dataAuthenticationCode,
  staticData,
}: {
  issuerKey: RsaPrivateKey;
  dataAuthenticationCode: Uint8Array;
  staticData: Uint8Array;
}): Uint8Array<ArrayBuffer> {
  assert(dataAuthenticationCode.length === 2, 'a data authentication code has 2 bytes');
  const filler = issuerKey.publicKey.modulus.length - FRAME_LENGTH - HEAD_LENGTH;
  const head = concatBytes(Uint8Array.of(HASH_ALGORITHM), dataAuthenticationCode);
  const contents = concatBytes(head, new Uint8Array(filler).fill(FILLER));
  return sign(contents, { key: issuerKey, format: FORMAT.staticData, rest: [staticData] });
}
