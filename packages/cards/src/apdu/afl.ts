/** The Application File Locator, tag 94 (EMV Book 3 10.2): which records to read, and which of them are authenticated offline. */

/** Book 3 Annex A allows up to 252 bytes. */
const LENGTH_MAX = 252;
const ENTRY_LENGTH = 4;
const SFI_MAX = 30;

/** One entry: records `first` to `last` of a file; the first `authenticated` of them take part in offline authentication. */
export type AflEntry = { sfi: number; first: number; last: number; authenticated: number };

export type AflResult =
  | { ok: true; entries: readonly AflEntry[] }
  | { ok: false; reason: 'wrong_length' | 'wrong_entry' };

/** Reads a locator strictly: an entry that the standard forbids makes the whole of it wrong. */
export function parseAfl(bytes: Uint8Array): AflResult {
  if (bytes.length === 0 || bytes.length > LENGTH_MAX || bytes.length % ENTRY_LENGTH !== 0) {
    return { ok: false, reason: 'wrong_length' };
  }
  const entries: AflEntry[] = [];
  for (let at = 0; at < bytes.length; at += ENTRY_LENGTH) {
    const entry = entryOf(bytes.subarray(at, at + ENTRY_LENGTH));
    if (entry === undefined) return { ok: false, reason: 'wrong_entry' };
    entries.push(entry);
  }
  return { ok: true, entries };
}

/** The locator in bytes: for cards that are made. */
export function writeAfl(entries: readonly AflEntry[]): Uint8Array {
  return Uint8Array.from(
    entries.flatMap((entry) => [entry.sfi << 3, entry.first, entry.last, entry.authenticated]),
  );
}

function entryOf([sfiByte = 0, first = 0, last = 0, authenticated = 0]: Uint8Array): AflEntry | undefined {
  const sfi = sfiByte >> 3;
  if ((sfiByte & 0x07) !== 0 || sfi === 0 || sfi > SFI_MAX) return undefined;
  if (first === 0 || last < first || authenticated > last - first + 1) return undefined;
  return { sfi, first, last, authenticated };
}
