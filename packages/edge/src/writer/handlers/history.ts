/**
 * Takes back what the hub kept: entries into their stream of history, and a transaction for every sale that the store
 * no longer had, so that its list, its receipts and its answers to repeated keys are whole again. An operation that is
 * in the store stays as it is.
 */
import { isAppError } from '@holdfast/base';
import { sha256 } from '@holdfast/crypto';
import { receiptCode } from '@holdfast/journal';
import { toMinor } from '@holdfast/money';
import { BodyLine, EntryHeader, SaleBody } from '@holdfast/protocol';
import { HISTORY, hasPulled, streamsToPull } from '../../store/history.ts';
import { entryIdOf, type StreamRow } from '../../store/streams.ts';
import { opIdBytes } from '../../store/transactions.ts';
import type { OwnEntriesCommand, OwnEntry, Results } from '../commands.ts';
import type { Transaction } from '../transaction.ts';

const INSERT_TRANSACTION = `
  INSERT INTO edge_transactions (id, op_id, request_hash, store_id, cashier_id, customer_reference, amount_minor,
    change_minor, currency, receipt_code, flags, terminal_id, created_at, synced_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (op_id) DO NOTHING`;

/** Stores a page and moves the stream's tip behind it. The first page may begin before the tip, none other may. */
export function takeOwnEntries(tx: Transaction, command: OwnEntriesCommand): Results['own_entries'] {
  const stream = streamsToPull(tx.db).find((candidate) => candidate.stream_no === command.stream_no);
  if (!stream) return { taken: 0, restored: 0 };
  const goesOn =
    command.after_seq === stream.tip_seq && stream.tip_hash.toString('hex') === command.prev_hash;
  if (!goesOn && hasPulled(tx.db, stream)) return { taken: 0, restored: 0 };
  const insert = tx.db.prepare(INSERT_TRANSACTION);
  let restored = 0;
  for (const [index, entry] of command.entries.entries()) {
    const entryId = entryIdOf(stream.stream_no, command.after_seq + 1 + index);
    tx.statements.insertEntry.run(entryId, entry.header, entry.body, Buffer.from(entry.hash, 'hex'));
    const row = transactionOf(entry, tx.state.storeId);
    if (row) restored += insert.run(entryId, ...row, tx.nowMs).changes;
  }
  moveTip(tx, stream, command);
  return { taken: command.entries.length, restored };
}

function moveTip(tx: Transaction, { stream_no }: StreamRow, command: OwnEntriesCommand): void {
  const seq = command.after_seq + command.entries.length;
  const hash = Buffer.from(command.entries.at(-1)?.hash ?? command.prev_hash, 'hex');
  tx.db
    .prepare('UPDATE stream SET tip_seq = ?, tip_hash = ?, acked_seq = ?, acked_hash = ? WHERE stream_no = ?')
    .run(seq, hash, seq, hash, stream_no);
  if (!command.done) return;
  const isEmpty = tx.db
    .prepare('SELECT 1 FROM entry WHERE entry_id BETWEEN ? AND ? LIMIT 1')
    .pluck()
    .get(entryIdOf(stream_no, 1), entryIdOf(stream_no, seq));
  if (isEmpty === undefined) tx.db.prepare('DELETE FROM stream WHERE stream_no = ?').run(stream_no);
  else tx.db.prepare('UPDATE stream SET closed_why = ? WHERE stream_no = ?').run(HISTORY, stream_no);
}

/** The columns of a sale's transaction between `id` and `synced_at`; undefined for what is not one, or was erased. */
function transactionOf(
  { header: headerLine, body: bodyLine }: OwnEntry,
  storeId: string,
): unknown[] | undefined {
  const header = EntryHeader.safeParse(JSON.parse(headerLine)).data;
  if (bodyLine === null || header?.kind !== 'sale') return undefined;
  const body = SaleBody.safeParse(BodyLine.safeParse(JSON.parse(bodyLine)).data?.body).data;
  const amounts = body && amountsOf(body);
  const createdAt = Date.parse(header.at);
  if (!body || !amounts || Number.isNaN(createdAt)) return undefined;
  return [
    opIdBytes(header.op_id),
    sha256(body.payload),
    body.store_id ?? storeId,
    body.cashier_id,
    body.customer_reference,
    amounts.total,
    amounts.change,
    body.currency,
    receiptCode(header.op_id, header.body_hash),
    body.flags.join(','),
    header.terminal_id,
    createdAt,
  ];
}

/** Amounts that this version cannot hold make no transaction; the entry is kept all the same. */
function amountsOf(body: SaleBody): { total: bigint; change: bigint } | undefined {
  try {
    return { total: toMinor(body.amount_total, body.currency), change: toMinor(body.change, body.currency) };
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}
