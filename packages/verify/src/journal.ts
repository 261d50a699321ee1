/** Entry, chain and seal: what is the same wherever a journal lies. */
import { z } from 'zod';
import { canonical, isSignedBy, parseJson, sha256 } from './bytes.ts';
import type { KeyBook } from './key-book.ts';
import type { SealRecord } from './records.ts';
import type { FindingCode } from './report.ts';

const Uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const Id128 = z.string().regex(/^[0-9a-f]{32}$/);
const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Place = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const Name = z
  .string()
  .max(64)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u)
  .nullable();

const Header = z.object({
  v: z.number().int().min(1),
  device_id: Uuid,
  incarnation: Id128,
  lane: z.string(),
  seq: Place,
  op_id: Uuid,
  kind: z.string().regex(/^[a-z][a-z0-9_.]{0,63}$/),
  at: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  terminal_id: Name,
  staff_id: Name,
  body_hash: Hash,
});
export type Header = z.infer<typeof Header>;

const Statement = z.object({
  v: z.literal(1),
  alg: z.literal('ed25519'),
  key_id: z.string(),
  device_id: Uuid,
  heads: z
    .array(z.object({ incarnation: Id128, lane: z.string(), seq: Place, hash: Hash }))
    .min(1)
    .max(16),
});

const SEAL_DOMAIN = 'holdfast-seal-v1\n';

/** The incarnation of what the hub writes itself, for devices without a journal. */
export const HUB_INCARNATION = '0'.repeat(32);

/** A stream as its entries name it. */
export type StreamName = { device_id: string; incarnation: string; lane: string };

/** Something wrong; the caller knows where. */
export type Wrong = { code: FindingCode; sentence: string; expected?: string; found?: string };

/** What was read of an entry; `header` is undefined when it is none. `hash` is what the chain gives. */
export type ReadEntry = { header: Header | undefined; hash: string; wrong: Wrong[] };

/** Reads an entry at `seq` of a stream; `previousHash` is that of the entry before. */
export function readEntry(
  entry: { header: string; body: string | null },
  at: { stream: StreamName; seq: number; previousHash: string },
): ReadEntry {
  const hash = sha256(Buffer.from(at.previousHash, 'hex'), entry.header);
  const header = Header.safeParse(parseJson(entry.header)).data;
  if (header === undefined) {
    const sentence = 'The header line is not the header of an entry.';
    return { header, hash, wrong: [{ code: 'header', sentence, found: entry.header.slice(0, 80) }] };
  }
  const wrong: Wrong[] = [];
  const expected = { ...at.stream, seq: at.seq };
  for (const name of ['device_id', 'incarnation', 'lane', 'seq'] as const) {
    if (header[name] === expected[name]) continue;
    const sentence = `The header names another ${name} than the place it stands at.`;
    wrong.push({ code: 'header', sentence, expected: String(expected[name]), found: String(header[name]) });
  }
  const found = entry.body === null ? header.body_hash : sha256(entry.body);
  if (found !== header.body_hash) {
    const sentence = 'The body line does not have the hash its header names.';
    wrong.push({ code: 'body_hash', sentence, expected: header.body_hash, found });
  }
  return { header, hash, wrong };
}

/** True for a body line that begins with 16 bytes of salt, as every edge writes it. */
export function isSalted(bodyLine: string): boolean {
  return /^\{"salt":"[A-Za-z0-9_-]{22}","body":/.test(bodyLine);
}

/**
 * What is wrong with the seal at `seq`, whose chain hash is `hash`; counts it for its key when nothing is. An undefined
 * hash is not known: the entry is gone.
 */
export function checkSeal(
  seal: SealRecord,
  at: { stream: StreamName; seq: number; hash: string | undefined; keys: KeyBook },
): Wrong | undefined {
  const refuse = (sentence: string, more: Partial<Wrong> = {}): Wrong => ({
    code: 'seal',
    sentence,
    ...more,
  });
  const parsed = parseJson(seal.statement);
  const statement = Statement.safeParse(parsed).data;
  if (statement === undefined) return refuse('The seal is not a statement about stream heads.');
  if (canonical(parsed) !== seal.statement) return refuse('The statement of the seal is not canonical JSON.');
  const { key_id, device_id } = statement;
  if (device_id !== at.stream.device_id)
    return refuse('The seal is of another device.', { expected: at.stream.device_id, found: device_id });
  const known = at.keys.find(key_id);
  if (known === undefined || (known.deviceId !== null && known.deviceId !== device_id))
    return refuse('The seal was made with a key that is not known for this device.', { found: key_id });
  if (!isSignedBy(known.key, SEAL_DOMAIN + seal.statement, seal.signature))
    return refuse('The signature of the seal does not verify.', { found: key_id });
  const { incarnation, lane } = at.stream;
  const head = statement.heads.find(
    (each) => each.incarnation === incarnation && each.lane === lane && each.seq === at.seq,
  );
  if (head === undefined || (at.hash !== undefined && head.hash !== at.hash)) {
    const more = {
      ...(at.hash !== undefined && { expected: at.hash }),
      ...(head !== undefined && { found: head.hash }),
    };
    return refuse('The seal does not vouch for the chain as it is here.', more);
  }
  known.seals += 1;
  return undefined;
}
