export { fromBase64Url, toBase64Url, toCrockford } from './base64.ts';
export { canonicalJson } from './canonical.ts';
export { contentDigest, isContentDigestOf } from './content-digest.ts';
export {
  createVerifier,
  generateSigningKey,
  importSigningKey,
  keyIdOf,
  type SigningKey,
  type Verifier,
} from './ed25519.ts';
export { hmacSha256, sameBytes, sha256, sha256Hex } from './hash.ts';
export {
  type HpkeCipher,
  type HpkeContext,
  type HpkeOpened,
  type HpkeSealed,
  hpkeOpen,
  hpkeSeal,
} from './hpke.ts';
export { derivedOpId, opIdOf } from './op-id.ts';
export { createPinHasher, isPin, type PinHasher } from './pin.ts';
export {
  keyIdOfRequest,
  type RequestToSign,
  type RequestToVerify,
  signRequest,
  type VerifiedRequest,
  verifyRequest,
} from './request-signature.ts';
export { type OpenedKey, openKey, sealKey } from './sealed-key.ts';
export { Secret } from './secret.ts';
export { checkServerNonce, createServerNonce } from './server-nonce.ts';
export { type Component, signatureBase } from './signature-base.ts';
export { newCode, newToken, normaliseCode, tokenHash } from './tokens.ts';
