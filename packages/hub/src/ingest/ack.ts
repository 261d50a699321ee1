/**
 * Acks: the hub's statement of what it has committed. Its MAC is made with a key outside the database, so a hub whose
 * database was restored recognises a statement it has forgotten.
 */
import { canonicalJson, fromBase64Url, hmacSha256, sameBytes, toBase64Url } from '@holdfast/crypto';
import type { AckStatement } from '@holdfast/protocol';

/** Separates this use of the MAC key from every other. */
const CONTEXT = 'holdfast-ack-v1\n';

/** The statement with its MAC. */
export function signAck(macKey: Uint8Array, statement: Omit<AckStatement, 'mac'>): AckStatement {
  return { ...statement, mac: toBase64Url(macOf(macKey, statement)) };
}

/** True when this hub made the statement, in whatever life of its database. */
export function isOurAck(macKey: Uint8Array, ack: AckStatement): boolean {
  const { mac, ...statement } = ack;
  const given = fromBase64Url(mac);
  return given !== undefined && sameBytes(given, macOf(macKey, statement));
}

function macOf(macKey: Uint8Array, statement: Omit<AckStatement, 'mac'>): Buffer {
  return hmacSha256(macKey, CONTEXT, canonicalJson(statement));
}
