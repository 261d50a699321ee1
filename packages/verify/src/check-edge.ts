/**
 * The checks of an edge's store. Every commit of an edge ends with a seal, so that the last entry of each stream has one;
 * only what it pulled back from a hub has none. Each sale has exactly one transaction, at its newest entry.
 */
import { receiptCodeOf, sha256, ZERO_HASH } from './bytes.ts';
import { type Check, expectAll, type Report, reporter } from './check.ts';
import { checkEndOfStream, checkPruningMark, type OpenStream } from './check-edge-marks.ts';
import { decimalOf } from './currencies.ts';
import { checkSeal, type Header, isSalted } from './journal.ts';
import { createOpTable, type OpTable } from './op-table.ts';
import type { EdgeEntryRecord, EdgeStreamRecord, PrunedRecord, TransactionRecord } from './records.ts';
import type { ReceiptMatch, Where } from './report.ts';
import { readContent, type Sale } from './sale.ts';
import { createStreamWalk, type StreamWalk } from './stream-walk.ts';

/** Takes the records of an edge in their order, each stream before its entries. */
export type EdgeCheck = {
  stream(record: EdgeStreamRecord): void;
  entry(record: EdgeEntryRecord): void;
  pruned(record: PrunedRecord): void;
  /** What can be said once everything was read. */
  end(): void;
};

/** Streams of what a hub gave back, without seals. */
const PULLED = ['repull', 'history'];
const CLOSED_WHY = ['enrolled', 'restored', 'fork', 'clone', 'invalid', 'hub_lost', ...PULLED];

/** A sale that no transaction was seen of; one may still come with a later entry. */
type Waiting = { opId: string; where: Where };

type State = { check: Check; open: OpenStream | undefined; operations: OpTable; withoutRow: Waiting[] };

/** A check of a store of which nothing has been read. */
export function createEdgeCheck(check: Check): EdgeCheck {
  const state: State = { check, open: undefined, operations: createOpTable(), withoutRow: [] };
  return {
    stream(record) {
      finishStream(state);
      state.open = openStream(check, record);
    },
    entry(record) {
      if (state.open?.record.stream !== record.stream) outOfOrder(check);
      else takeEntry(state, state.open, record);
    },
    pruned(record) {
      if (state.open?.record.stream !== record.stream) outOfOrder(check);
      else takePruned(state, state.open, record);
    },
    end() {
      finishStream(state);
      for (const { opId, where } of state.withoutRow) {
        if (state.operations.get(opId) !== undefined) continue;
        const sentence = 'The sale has no transaction, here or at any other entry of its operation.';
        check.findings.add({ code: 'transaction', where, sentence });
      }
    },
  };
}

function outOfOrder(check: Check): void {
  reporter(check, {})({ code: 'malformed', sentence: 'The record does not follow that of its stream.' });
}

function openStream(check: Check, record: EdgeStreamRecord): OpenStream {
  check.counts.streams += 1;
  const name = { device_id: record.device_id, incarnation: record.incarnation, lane: record.lane };
  const isPulled = record.closed_why !== null && PULLED.includes(record.closed_why);
  const report = reporter(check, name);
  const isClosed = record.closed_at !== null;
  if (isClosed !== (record.closed_why !== null))
    report({ code: 'marks', sentence: 'A stream that is closed has a reason, and no other one has.' });
  if (record.closed_why !== null && !CLOSED_WHY.includes(record.closed_why)) {
    const sentence = 'The stream is closed for a reason that does not exist.';
    report({ code: 'marks', sentence, found: record.closed_why });
  }
  checkPruningMark(record, report);
  // Where nothing was pruned, the hash is that of the start.
  const startHash = isPulled && record.pruned_seq === 0 ? record.start_hash : record.pruned_hash;
  return {
    record,
    place: name,
    isPulled,
    walk: walkFrom(check, { name, seq: record.pruned_seq, startHash }),
  };
}

function walkFrom(
  check: Check,
  at: { name: StreamWalk['name']; seq: number; startHash: string | null },
): StreamWalk {
  const { name } = at;
  return createStreamWalk(check, { name, place: name, after: { seq: at.seq, hash: at.startHash } });
}

function takeEntry(state: State, open: OpenStream, record: EdgeEntryRecord): void {
  const { check } = state;
  // What was pulled back starts where the store and the hub parted.
  if (open.isPulled && open.walk.count === 0 && open.record.pruned_seq === 0)
    open.walk = walkFrom(check, {
      name: open.walk.name,
      seq: record.seq - 1,
      startHash: record.seq === 1 ? ZERO_HASH : open.record.start_hash,
    });
  const { header, report, place } = open.walk.take(record);
  if (open.isPulled) check.counts.unsealed += 1;
  else if (record.body !== null && !isSalted(record.body))
    report({ code: 'salt', sentence: 'The body line does not begin with 16 bytes of salt.' });
  if (header === undefined) return;
  const content = record.body === null ? undefined : readContent(header, record.body);
  const sale = content?.kind === 'sale' ? content.sale : undefined;
  const { transaction } = record;
  check.receipts.offer({ opId: header.op_id, bodyHash: header.body_hash }, () =>
    matchOf({ check, place, header, sale, isAcked: record.seq <= open.record.acked_seq }),
  );
  if (transaction !== null) {
    checkTransaction(state, { transaction, header, sale, seq: record.seq, report });
  } else if (sale !== undefined && state.operations.get(header.op_id) === undefined) {
    state.withoutRow.push({ opId: header.op_id, where: { line: check.line, ...place } });
  }
}

function checkTransaction(
  state: State,
  at: {
    transaction: TransactionRecord;
    header: Header;
    sale: Sale | undefined;
    seq: number;
    report: Report;
  },
): void {
  const { check } = state;
  const { transaction, header, sale, report } = at;
  addTransaction(state, transaction, report);
  const of = { code: 'transaction', row: 'transaction', because: 'what its entry says' } as const;
  expectAll(report, of, [
    ['op_id', transaction.op_id, header.op_id],
    ['terminal_id', transaction.terminal_id, header.terminal_id],
    ['created_at', transaction.created_at, header.at],
  ]);
  const code = receiptCodeOf(header.op_id, header.body_hash);
  expectAll(report, { ...of, code: 'receipt_code' }, [['receipt_code', transaction.receipt_code, code]]);
  if (sale !== undefined) {
    expectAll(report, of, [
      ['request_hash', transaction.request_hash, sha256(sale.payload)],
      ['store_id', transaction.store_id, sale.storeId ?? transaction.store_id],
      ['cashier_id', transaction.cashier_id, sale.cashierId],
      ['customer_reference', transaction.customer_reference, sale.customerReference],
      ['amount_minor', transaction.amount_minor, String(sale.amount)],
      ['change_minor', transaction.change_minor, String(sale.change)],
      ['currency', transaction.currency, sale.currency],
      ['flags', transaction.flags, sale.flags.join(',')],
    ]);
    check.sums.add(sale, transaction.synced_at === null);
  }
  checkSynced(state, { transaction, seq: at.seq, report });
}

function checkSynced(
  { open }: State,
  at: { transaction: TransactionRecord; seq: number; report: Report },
): void {
  const isAcked = at.seq <= (open?.record.acked_seq ?? 0);
  if (isAcked === (at.transaction.synced_at !== null)) return;
  const sentence = 'synced_at of the transaction contradicts the last ack of its stream.';
  at.report({ code: 'transaction', sentence, expected: isAcked ? 'a time' : 'null' });
}

function addTransaction({ check, operations }: State, row: TransactionRecord, report: Report): void {
  check.counts.transactions += 1;
  if (operations.add(row.op_id, { print: 0, at: 0 })) return;
  report({ code: 'transaction', sentence: 'Two transactions are of the same operation.', found: row.op_id });
}

function takePruned(state: State, open: OpenStream, record: PrunedRecord): void {
  const { check } = state;
  check.counts.pruned += 1;
  const place = { ...open.place, seq: record.seq };
  const report = reporter(check, place);
  if (record.seq < 1 || record.seq > open.record.pruned_seq) {
    const sentence = 'There is a transaction or a seal, but no entry, at a place that was not pruned.';
    report({ code: 'orphan', sentence });
  }
  if (record.seal !== null) {
    check.counts.seals += 1;
    const hash = record.seq === open.record.pruned_seq ? open.record.pruned_hash : undefined;
    const at = { stream: open.walk.name, seq: record.seq, hash, keys: check.keys };
    const wrong = checkSeal(record.seal, at);
    if (wrong !== undefined) report(wrong);
  }
  if (record.transaction !== null) takePrunedRow(state, record.transaction, { report, place });
}

function takePrunedRow(
  state: State,
  row: TransactionRecord,
  { report, place }: { report: Report; place: Omit<Where, 'line'> },
): void {
  const { check } = state;
  addTransaction(state, row, report);
  if (row.synced_at === null)
    report({ code: 'transaction', sentence: 'The entry was pruned, and the hub has never acked it.' });
  check.receipts.offerRow(row.receipt_code, () => ({
    op_id: row.op_id,
    state: 'acked',
    at: row.created_at,
    amount: decimalOf(BigInt(row.amount_minor), row.currency),
    currency: row.currency,
    cashier_id: row.cashier_id,
    where: { line: check.line, ...place, op_id: row.op_id },
  }));
  const [amount, change] = [BigInt(row.amount_minor), BigInt(row.change_minor)];
  check.sums.add({ currency: row.currency, amount, change, tenders: amount + change }, false);
}

function finishStream({ check, open }: State): void {
  if (open !== undefined) checkEndOfStream(open, reporter(check, open.place));
}

function matchOf(at: {
  check: Check;
  place: Omit<Where, 'line'>;
  header: Header;
  sale: Sale | undefined;
  isAcked: boolean;
}): Omit<ReceiptMatch, 'receipt_code'> {
  const { header, sale } = at;
  return {
    op_id: header.op_id,
    state: at.isAcked ? 'acked' : 'waiting',
    at: header.at,
    amount: sale === undefined ? null : decimalOf(sale.amount, sale.currency),
    currency: sale?.currency ?? null,
    cashier_id: sale?.cashierId ?? null,
    where: { line: at.check.line, ...at.place },
  };
}
