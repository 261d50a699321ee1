/**
 * The hub's own word on a segment. The seal says that a device made the entries; it does not say in which state the
 * device was when the hub took them in, and the hub's own streams have none.
 */
import { canonicalJson, fromBase64Url, hmacSha256, sameBytes, toBase64Url } from '@holdfast/crypto';
import type { Segment } from './archive.ts';

/** Separates this use of the MAC key from every other. */
const CONTEXT = 'holdfast-segment-v1\n';

/** What the MAC covers. By the chain, the hash of the last entry stands for the lines. */
export type SegmentStatement = Omit<Segment, 'mac' | 'lines'>;

/** The segment with its MAC. */
export function signSegment(macKey: Uint8Array, segment: Omit<Segment, 'mac'>): Segment {
  const { lines, ...statement } = segment;
  return { ...statement, mac: toBase64Url(macOf(macKey, statement)), lines };
}

/** True when this hub made the statement, in whatever life of its database. */
export function isOurSegment(macKey: Uint8Array, statement: SegmentStatement, mac: string): boolean {
  const given = fromBase64Url(mac);
  return given !== undefined && sameBytes(given, macOf(macKey, statement));
}

function macOf(macKey: Uint8Array, statement: SegmentStatement): Buffer {
  return hmacSha256(macKey, CONTEXT, canonicalJson(statement));
}
