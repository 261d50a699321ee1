/**
 * The protocol reckoned once more from its page in the documents, for the auditor: chain, receipt codes, seals, money. It
 * shares no code with the product, so that a mistake would have to be made twice to go unseen.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');
const DECIMALS: Readonly<Record<string, number>> = { SEK: 2, EUR: 2, JPY: 0, ISK: 0, KWD: 3, BHD: 3 };

/** The hash before the first entry of a stream. */
export const NO_HASH = Buffer.alloc(32);

export function sha256(...parts: (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Ten characters of base32 over the operation and the hash of its body. */
export function codeOnReceipt(opId: string, bodyHash: string): string {
  const bits = [...sha256(opId, bodyHash).subarray(0, 7)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const characters = Array.from(
    { length: 10 },
    (_, i) => CROCKFORD[Number.parseInt(bits.slice(5 * i, 5 * i + 5), 2)],
  );
  return `${characters.slice(0, 5).join('')}-${characters.slice(5).join('')}`;
}

export type SealStatement = {
  key_id: string;
  device_id: string;
  heads: { incarnation: string; lane: string; seq: number; hash: string }[];
};

/** What a seal says, if one of `keys` (32 raw bytes by key id) made it. */
export function openSeal(
  seal: { statement: string; signature: Uint8Array },
  keys: ReadonlyMap<string, Uint8Array>,
): SealStatement | undefined {
  const said: SealStatement = JSON.parse(seal.statement);
  const raw = keys.get(said.key_id);
  if (raw === undefined) return undefined;
  const key = createPublicKey({ key: Buffer.concat([SPKI_ED25519, raw]), format: 'der', type: 'spki' });
  const isGood = verify(null, Buffer.from(`holdfast-seal-v1\n${seal.statement}`), key, seal.signature);
  return isGood ? said : undefined;
}

/** Minor units of a decimal text, which has exactly the decimals of its currency. */
export function minorOf(text: string, currency: string): bigint {
  const decimals = DECIMALS[currency];
  if (decimals === undefined) throw new Error(`${currency} is no currency of the simulation`);
  const [whole = '', part = ''] = text.split('.');
  if (part.length !== decimals) throw new Error(`${text} ${currency} does not have ${decimals} decimals`);
  return BigInt(whole + part);
}

/** A text that is the same for equal JSON values, whatever the order of their members. */
export function sameText(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
