/**
 * Data object lists (EMV Book 3, 5.4): a card names what it wants to be told by tags and lengths, and the terminal
 * answers with the values one after the other, without tags. How a value is cut or filled depends on its format.
 */

import { isConstructedTag, readTag, type TlvFault } from './ber-tlv.ts';
import { formatOfTag } from './tags.ts';

/** The longest list: a record of a card holds no more. */
export const DOL_BYTES_MAX = 255;

/** Zero bytes may stand between objects; in a list of tags they have no place. */
const PADDING = '00';

/** One wish of a card. */
export type DolEntry = { readonly tag: string /** In bytes, 0–255. */; readonly length: number };

/** The wishes in order, duplicates among them; or why the bytes are no list. */
export type DolResult =
  | { readonly ok: true; readonly entries: readonly DolEntry[] }
  | { readonly ok: false; readonly reason: TlvFault; readonly offset: number };

/** The value of a tag, as card or terminal have it; undefined where neither does. */
export type DolValues = (tag: string) => Uint8Array | undefined;

/** Which list a transaction certificate is hashed by, and whether TVR byte 5 bit 8 is to be set for it. */
export type TdolChoice = { readonly tdol: Uint8Array; readonly isDefault: boolean };

/** Parses a PDOL, CDOL, DDOL or TDOL; an empty one asks for nothing. Never throws. */
export function parseDol(bytes: Uint8Array): DolResult {
  if (bytes.length > DOL_BYTES_MAX) return { ok: false, reason: 'too_long', offset: DOL_BYTES_MAX };
  const entries: DolEntry[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const name = readTag(bytes, offset, bytes.length);
    if (!name.ok) return name;
    if (name.tag === PADDING) return { ok: false, reason: 'tag_invalid', offset };
    const length = bytes[name.next];
    if (length === undefined) return { ok: false, reason: 'length_truncated', offset: name.next };
    entries.push({ tag: name.tag, length });
    offset = name.next + 1;
  }
  return { ok: true, entries };
}

/** Parses a list of tags without lengths, as tag `9F4A` (static data to be authenticated) holds one. Never throws. */
export function parseTagList(
  bytes: Uint8Array,
):
  | { readonly ok: true; readonly tags: readonly string[] }
  | { readonly ok: false; readonly reason: TlvFault; readonly offset: number } {
  if (bytes.length > DOL_BYTES_MAX) return { ok: false, reason: 'too_long', offset: DOL_BYTES_MAX };
  const tags: string[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const name = readTag(bytes, offset, bytes.length);
    if (!name.ok) return name;
    if (name.tag === PADDING) return { ok: false, reason: 'tag_invalid', offset };
    tags.push(name.tag);
    offset = name.next;
  }
  return { ok: true, tags };
}

/** How many bytes {@link buildDolData} makes of the list. */
export function dolDataLength(entries: readonly DolEntry[]): number {
  return entries.reduce((sum, entry) => sum + entry.length, 0);
}

/**
 * The values that a list asks for. What is unknown, absent or a template is answered by zeros. A value that is too long
 * loses its leftmost bytes in format n and its rightmost in every other; one that is too short is filled on the left
 * with zeros in format n, on the right with `FF` in format cn, and on the right with zeros in every other.
 */
export function buildDolData(entries: readonly DolEntry[], values: DolValues): Uint8Array {
  const data = new Uint8Array(dolDataLength(entries));
  let offset = 0;
  for (const entry of entries) {
    const value = isConstructedTag(entry.tag) ? undefined : values(entry.tag);
    if (value) place(data.subarray(offset, offset + entry.length), value, formatOfTag(entry.tag));
    offset += entry.length;
  }
  return data;
}

/** The card's TDOL (97), else the terminal's default one, else a list without tags (Book 3, 9.2.2). */
export function chooseTdol(ofCard: Uint8Array | undefined, ofTerminal: Uint8Array | undefined): TdolChoice {
  if (ofCard) return { tdol: ofCard, isDefault: false };
  return { tdol: ofTerminal ?? new Uint8Array(), isDefault: true };
}

function place(field: Uint8Array, value: Uint8Array, format: string | undefined): void {
  const excess = value.length - field.length;
  if (format === 'n') {
    field.set(excess > 0 ? value.subarray(excess) : value, Math.max(0, -excess));
    return;
  }
  field.set(excess > 0 ? value.subarray(0, field.length) : value);
  if (format === 'cn' && excess < 0) field.fill(0xff, value.length);
}
