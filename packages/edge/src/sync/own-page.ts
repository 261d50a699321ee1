/** A page of own entries against the chain: what the hub gives back is taken only if it is what this device once made. */
import { toHex } from '@holdfast/base';
import type { EntriesPage } from '@holdfast/client';
import { bodyHash, entryHash } from '@holdfast/journal';
import { EntryHeader } from '@holdfast/protocol';
import type { Life } from '../store/history.ts';
import type { OwnEntry } from '../writer/commands.ts';

export type PageVerdict =
  | { kind: 'ok'; entries: OwnEntry[] }
  | { kind: 'invalid'; at_seq: number; reason: string };

/** Verifies places, body hashes and the chain from `prevHash`; `at_seq` is the first place that is wrong. */
export function verifyPage(page: EntriesPage, life: Life, prevHash: Uint8Array): PageVerdict {
  const entries: OwnEntry[] = [];
  let previous = prevHash;
  for (const [index, { header, body }] of page.entries.entries()) {
    const seq = page.head.first_seq + index;
    const reason = faultOf({ header, body }, life, seq);
    if (reason !== undefined) return { kind: 'invalid', at_seq: seq, reason };
    previous = entryHash(previous, header);
    entries.push({ header, body, hash: toHex(previous) });
  }
  return { kind: 'ok', entries };
}

function faultOf(
  entry: { header: string; body: string | null },
  life: Life,
  seq: number,
): string | undefined {
  const header = parseHeader(entry.header);
  if (!header) return 'not the header of an entry';
  if (header.device_id !== life.device_id) return 'the entry names another device';
  if (header.incarnation !== life.incarnation) return 'the entry names another incarnation';
  if (header.lane !== life.lane || header.seq !== seq) return 'the entry names another place';
  if (entry.body !== null && bodyHash(entry.body) !== header.body_hash)
    return 'the body does not have the hash its header names';
  return undefined;
}

function parseHeader(line: string): EntryHeader | undefined {
  try {
    return EntryHeader.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // Not JSON is an answer here: the page is invalid.
  }
}
