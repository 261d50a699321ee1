/**
 * The entries of a batch as the columns that `append_entries` takes. Everything is made for speed in one direction:
 * the lines of all entries stay one piece of bytes, numbers become array literals without quoting, and texts are
 * joined by control characters, which the wire refuses in text, and split again in SQL.
 */
import { assert, must } from '@holdfast/base';
import type { WireEntry } from '@holdfast/journal';
import { type Booking, judge, type Sender } from './judge.ts';

/** Between the texts of a column, and in place of a null: ASCII's unit and record separators. */
export const TEXT_SEPARATOR = '\u001f';
export const TEXT_NULL = '\u001e';

/** One parameter for each, in the order of `append_entries`. */
export type BatchColumns = {
  data: Buffer;
  headerAt: string;
  headerLength: string;
  bodyLength: string;
  hashes: Buffer;
  bodyHashes: Buffer;
  ops: string;
  kinds: string;
  reasons: string;
  cashiers: string;
  customers: string;
  currencies: string;
  amounts: string;
  receipts: string;
  createdAtMs: string;
  postingOf: string;
  postingLine: string;
  postingAccount: string;
  postingCurrency: string;
  postingAmount: string;
};

/** An entry whose lines lie, one newline apart, in the bytes all its neighbours lie in. */
export type PlacedEntry = Pick<WireEntry, 'header' | 'headerLine' | 'bodyLine'>;

/** The columns of verified `entries`, in order and not empty; `hashes` are their chain hashes. */
export function toColumns(
  entries: readonly PlacedEntry[],
  hashes: readonly Buffer[],
  sender: Sender,
): BatchColumns {
  const data = bytesOf(entries);
  const reasons: (string | null)[] = [];
  const bookings: (Booking | undefined)[] = [];
  for (const entry of entries) {
    const judgement = judge(entry, sender);
    reasons.push(judgement.kind === 'quarantine' ? judgement.reason : null);
    bookings.push(judgement.kind === 'book' ? judgement.booking : undefined);
  }
  return {
    data,
    headerAt: numbers(entries.map((entry) => entry.headerLine.byteOffset - data.byteOffset)),
    headerLength: numbers(entries.map((entry) => entry.headerLine.length)),
    bodyLength: numbers(entries.map((entry) => entry.bodyLine.length)),
    hashes: Buffer.concat(hashes),
    bodyHashes: Buffer.from(entries.map((entry) => entry.header.body_hash).join(''), 'hex'),
    ops: numbers(entries.map((entry) => entry.header.op_id)),
    kinds: texts(entries.map((entry) => entry.header.kind)),
    reasons: texts(reasons),
    cashiers: texts(bookings.map((booking) => booking?.cashierId)),
    customers: texts(bookings.map((booking) => booking?.customerReference)),
    currencies: texts(bookings.map((booking) => booking?.currency)),
    amounts: numbers(bookings.map((booking) => booking?.amountMinor ?? 'NULL')),
    receipts: texts(bookings.map((booking) => booking?.receiptCode)),
    createdAtMs: numbers(bookings.map((booking) => booking?.createdAtMs ?? 'NULL')),
    ...postingColumns(bookings),
  };
}

type PostingColumns = Pick<
  BatchColumns,
  'postingOf' | 'postingLine' | 'postingAccount' | 'postingCurrency' | 'postingAmount'
>;

function postingColumns(bookings: readonly (Booking | undefined)[]): PostingColumns {
  const of: number[] = [];
  const line: number[] = [];
  const account: string[] = [];
  const currency: string[] = [];
  const amount: bigint[] = [];
  for (const [place, booking] of bookings.entries()) {
    for (const [index, posting] of (booking?.postings ?? []).entries()) {
      of.push(place + 1);
      line.push(index + 1);
      account.push(posting.account);
      currency.push(must(booking, 'a posting belongs to a booking').currency);
      amount.push(posting.amountMinor);
    }
  }
  return {
    postingOf: numbers(of),
    postingLine: numbers(line),
    postingAccount: texts(account),
    postingCurrency: texts(currency),
    postingAmount: numbers(amount),
  };
}

/** The bytes from the first header line to the last body line. */
function bytesOf(entries: readonly PlacedEntry[]): Buffer {
  const first = must(entries[0], 'a batch has entries').headerLine;
  const last = must(entries.at(-1), 'a batch has entries').bodyLine;
  assert(first.buffer === last.buffer, 'the lines of a batch lie in one buffer');
  return Buffer.from(first.buffer, first.byteOffset, last.byteOffset + last.length - first.byteOffset);
}

/** An array literal of what needs no quotes: numbers, UUIDs, NULL. */
function numbers(values: readonly (number | bigint | string)[]): string {
  return `{${values.join(',')}}`;
}

/** No element is empty, so that the joined text of a column is empty only without elements. */
function texts(values: readonly (string | null | undefined)[]): string {
  return values.map((value) => value ?? TEXT_NULL).join(TEXT_SEPARATOR);
}
