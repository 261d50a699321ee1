/** Reading the application's data (EMV Book 3 10.2): every record that the AFL names, and nothing twice. */
import { sameBytes } from '@holdfast/crypto';
import { type AflEntry, parseAfl } from '../../apdu/afl.ts';
import { type Element, parseRecord } from '../../apdu/answers.ts';
import { readRecord } from '../../apdu/commands.ts';
import { SW } from '../../apdu/status.ts';
import { readCompressed } from '../../encoding/bcd.ts';
import { isPan } from '../../pan/pan.ts';
import { parseTag57 } from '../../track/track2.ts';
import { type Flow, transmit } from './dialogue.ts';
import { store } from './initiate.ts';
import type { Outcome } from './outcome.ts';
import type { Transaction } from './transaction.ts';

/** Records of one card; real ones have fewer than ten. */
const RECORDS_MAX = 64;
/** Files from here on are proprietary: their records are authenticated and not understood. */
const FIRST_PROPRIETARY_SFI = 11;

/** Reads all records; a card that does not give one, or gives an element twice, ends the payment. */
export function* readRecords(tx: Transaction): Flow<Outcome | undefined> {
  const afl = parseAfl(tx.card('94') ?? new Uint8Array());
  if (!afl.ok) return tx.terminated('card_error');
  const addresses = afl.entries.flatMap(recordsOf);
  if (addresses.length > RECORDS_MAX) return tx.terminated('card_error');
  const seen = new Set(tx.optionTags);
  for (const { sfi, record, isAuthenticated } of addresses) {
    const answer = yield* transmit(readRecord(sfi, record));
    if (answer.sw !== SW.ok) return tx.terminated('card_error');
    if (isAuthenticated) tx.authenticatedRecords.push({ sfi, record: answer.data.slice() });
    const isTaken = sfi >= FIRST_PROPRIETARY_SFI || takeRecord(tx, answer.data, seen);
    answer.data.fill(0);
    if (!isTaken) return tx.terminated('card_error');
  }
  return undefined;
}

/** True if the number is one, the track is of the same, and every required element is there. */
export function isComplete(tx: Transaction, required: readonly string[]): boolean {
  const digits = readCompressed(tx.card('5A') ?? new Uint8Array()) ?? new Uint8Array();
  const isNumber = isPan(digits) && isTrackOf(tx.card('57'), digits);
  digits.fill(0);
  return isNumber && required.every((tag) => tx.card(tag) !== undefined);
}

/** Who is asked about one number must not be shown another; a card without a track has none to show. */
function isTrackOf(track: Uint8Array | undefined, digits: Uint8Array): boolean {
  if (track === undefined) return true;
  const parsed = parseTag57(track);
  if (!parsed.ok) return false;
  const { pan, discretionary } = parsed.track;
  const isSame = pan.use((number) => sameBytes(number, digits));
  pan.wipe();
  discretionary.wipe();
  return isSame;
}

function recordsOf(entry: AflEntry): { sfi: number; record: number; isAuthenticated: boolean }[] {
  const count = entry.last - entry.first + 1;
  return Array.from({ length: count }, (_, index) => ({
    sfi: entry.sfi,
    record: entry.first + index,
    isAuthenticated: index < entry.authenticated,
  }));
}

function takeRecord(tx: Transaction, data: Uint8Array, seen: Set<string>): boolean {
  const parsed = parseRecord(data);
  return parsed.ok && parsed.elements.every((element) => isNew(element, seen)) && store(tx, parsed.elements);
}

function isNew({ tag }: Element, seen: Set<string>): boolean {
  if (seen.has(tag)) return false;
  seen.add(tag);
  return true;
}
