/**
 * Seals: a device's signature over the heads of the streams that a commit moved. By the chain, one signature vouches
 * for every entry up to the head.
 */
import { canonicalJson, fromBase64Url, type SigningKey, toBase64Url, type Verifier } from '@holdfast/crypto';
import { type SealHead, type SealLine, SealStatement } from '@holdfast/protocol';

/** Signed before the statement, so that a seal is never a valid signature of anything else. */
const DOMAIN = 'holdfast-seal-v1\n';

/** Signs `heads` with the key of the device. */
export function buildSeal(input: { deviceId: string; heads: SealHead[]; key: SigningKey }): SealLine {
  const statement = canonicalJson({
    v: 1,
    alg: 'ed25519',
    key_id: input.key.keyId,
    device_id: input.deviceId,
    heads: input.heads,
  } satisfies SealStatement);
  return { statement, signature: toBase64Url(input.key.sign(Buffer.from(DOMAIN + statement))) };
}

/** What a seal says, or why it does not hold. */
export type SealVerdict = { kind: 'ok'; statement: SealStatement } | { kind: 'refused'; reason: string };

/** Verifies the signature and the shape of a seal; whether its heads fit is the caller's question. */
export function verifySeal(input: {
  seal: SealLine;
  deviceId: string;
  publicKeyOf: (keyId: string) => Uint8Array | undefined;
  verifier: Verifier;
}): SealVerdict {
  const parsed = parseStatement(input.seal.statement);
  if (!parsed) return { kind: 'refused', reason: 'the seal is not a statement' };
  if (parsed.device_id !== input.deviceId)
    return { kind: 'refused', reason: 'the seal names another device' };
  const publicKey = input.publicKeyOf(parsed.key_id);
  if (!publicKey) return { kind: 'refused', reason: 'the seal was made with a key that is not accepted' };
  const signature = fromBase64Url(input.seal.signature);
  const signed = Buffer.from(DOMAIN + input.seal.statement);
  if (!signature || !input.verifier.verify(publicKey, signed, signature))
    return { kind: 'refused', reason: 'the signature of the seal does not verify' };
  return { kind: 'ok', statement: parsed };
}

function parseStatement(text: string): SealStatement | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // The text is what is signed, kept and verified for ever: another one for the same statement is none.
    return canonicalJson(value) === text ? SealStatement.safeParse(value).data : undefined;
  } catch {
    return undefined; // Not JSON is an answer here, nor is what has no canonical text: the seal is refused by the caller.
  }
}
