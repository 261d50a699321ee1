/** A page of a device's own entries, taken apart. Whether the entries are what they should be is for the device to verify. */
import { EntriesHead, type Lane } from '@holdfast/protocol';
import { LinkError } from './transport.ts';

/** Both lines of an entry, to the letter; `body` is null once it was erased. */
export type PulledEntry = { header: string; body: string | null };

export type EntriesPage = { head: EntriesHead; entries: PulledEntry[] };

/** The page in `bytes`. Throws LinkError `hub_error` when it is none, or not the one that was asked for. */
export function readEntriesPage(
  bytes: Buffer,
  asked: { incarnation: string; lane: Lane; after_seq: number },
): EntriesPage {
  const lines = bytes.toString('utf8').split('\n');
  const head = parseHead(lines[0]);
  const isWhole = lines.length === 2 + 2 * head.count && lines.at(-1) === '';
  const isAsked =
    head.incarnation === asked.incarnation &&
    head.lane === asked.lane &&
    head.first_seq === asked.after_seq + 1;
  if (!isWhole || !isAsked) throw new LinkError('hub_error', 'The answer is not the page that was asked for');
  const entries: PulledEntry[] = [];
  for (let i = 0; i < head.count; i += 1) {
    const body = lines[2 + 2 * i] ?? 'null';
    entries.push({ header: lines[1 + 2 * i] ?? '', body: body === 'null' ? null : body });
  }
  return { head, entries };
}

function parseHead(line: string | undefined): EntriesHead {
  try {
    return EntriesHead.parse(JSON.parse(line ?? ''));
  } catch (cause) {
    throw new LinkError('hub_error', 'The answer does not begin with the head of a page', cause);
  }
}
