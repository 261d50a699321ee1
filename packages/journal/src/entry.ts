/**
 * Entries: two lines of text, hashed into the chain of their stream. A line is built once, by the device that made
 * the operation; from then on its bytes are kept, sent and verified as they are.
 */
import { sha256, toBase64Url, toCrockford } from '@holdfast/crypto';
import { ENTRY_VERSION, type EntryHeader } from '@holdfast/protocol';

/** The hash before the first entry of a stream: 32 zero bytes. */
export const GENESIS: Uint8Array = new Uint8Array(32);

/** Bytes of salt in a body line. */
export const SALT_BYTES = 16;

/** An entry ready to be stored: its place and both lines. */
export type BuiltEntry = {
  header: EntryHeader;
  headerLine: string;
  bodyLine: string;
  hash: Buffer;
};

/** The body line of `body`; `salt` is {@link SALT_BYTES} random bytes, kept when the operation is wrapped again. */
export function buildBodyLine({ salt, body }: { salt: Uint8Array; body: object }): string {
  return `{"salt":"${toBase64Url(salt)}","body":${JSON.stringify(body)}}`;
}

/** SHA-256 of a body line (salt and body together), as hexadecimal. */
export function bodyHash(bodyLine: Uint8Array | string): string {
  return sha256(bodyLine).toString('hex');
}

/** SHA-256(previous hash ‖ header line): the link of the chain. */
export function entryHash(prevHash: Uint8Array, headerLine: Uint8Array | string): Buffer {
  // One piece of memory: hashing in one go takes half the time of feeding a hash twice.
  const header = typeof headerLine === 'string' ? Buffer.from(headerLine) : headerLine;
  const linked = Buffer.allocUnsafe(prevHash.length + header.length);
  linked.set(prevHash);
  linked.set(header, prevHash.length);
  return sha256(linked);
}

/** Wraps a body line as the entry `seq` of a stream. */
export function buildEntry(input: {
  place: Omit<EntryHeader, 'v' | 'body_hash'>;
  bodyLine: string;
  prevHash: Uint8Array;
}): BuiltEntry {
  const { place, bodyLine, prevHash } = input;
  const header: EntryHeader = {
    v: ENTRY_VERSION,
    device_id: place.device_id,
    incarnation: place.incarnation,
    lane: place.lane,
    seq: place.seq,
    op_id: place.op_id,
    kind: place.kind,
    at: place.at,
    terminal_id: place.terminal_id,
    staff_id: place.staff_id,
    body_hash: bodyHash(bodyLine),
  };
  const headerLine = JSON.stringify(header);
  return { header, headerLine, bodyLine, hash: entryHash(prevHash, headerLine) };
}

/**
 * The code a receipt shows: 10 characters of Crockford's base32 (50 bits) of SHA-256(op_id ‖ body hash), in two
 * groups. It depends on the operation alone, so paper matches the ledger however often the operation was wrapped.
 */
export function receiptCode(opId: string, bodyHashHex: string): string {
  const code = toCrockford(sha256(`${opId}${bodyHashHex}`), 10);
  return `${code.slice(0, 5)}-${code.slice(5)}`;
}
