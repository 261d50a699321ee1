/**
 * The checks of an edge's store. Every commit of an edge ends with a seal, so that the last entry of each stream has one;
 * only what it pulled back from a hub has none. Each sale has exactly one transaction, at its newest entry.
 */
import { receiptCodeOf, sha256, ZERO_HASH } from './bytes.ts';
import { type Check, expectAll, type Report, reporter } from './check.ts';
import { decimalOf } from './currencies.ts';
import { checkSeal, type Header, isSalted } from './journal.ts';
import { createOpTable, type OpTable } from './op-table.ts';
import type { EdgeEntryRecord, EdgeStreamRecord, PrunedRecord, TransactionRecord } from './records.ts';
import type { ReceiptMatch, Where } from './report.ts';
import { readContent, type Sale } from './sale.ts';
import { createStreamWalk, type StreamWalk } from './stream-walk.ts';

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

type Open = { record: EdgeStreamRecord; walk: StreamWalk; place: Omit<Where, 'line'>; isPulled: boolean };
type Waiting = { opId: string; where: Where };

type State = { check: Check; open: Open | undefined; operations: OpTable; withoutRow: Waiting[] };

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

function openStream(check: Check, record: EdgeStreamRecord): Open {
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

function checkPruningMark(record: EdgeStreamRecord, report: Report): void {
  const { pruned_seq, pruned_hash, safe_seq } = record;
  if (pruned_seq === 0 && pruned_hash !== ZERO_HASH) {
    const sentence = 'A stream that was not pruned starts after 32 zero bytes.';
    report({ code: 'marks', sentence, expected: ZERO_HASH, found: pruned_hash });
  }
  if (pruned_seq > safe_seq && record.closed_at === null) {
    const sentence = 'More was pruned than the archive of the hub holds.';
    report({ code: 'marks', sentence, expected: `at most ${safe_seq}`, found: String(pruned_seq) });
  }
}

function takeEntry(state: State, open: Open, record: EdgeEntryRecord): void {
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

function takePruned(state: State, open: Open, record: PrunedRecord): void {
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
  if (open === undefined) return;
  const { record, walk, place, isPulled } = open;
  const report = reporter(check, place);
  const end = endOf(open);
  expectAll(report, { code: 'marks', row: 'stream', because: 'that of its last entry' }, [
    ['tip_seq', record.tip_seq, end.seq],
    ['tip_hash', record.tip_hash, end.hash],
  ]);
  if (!isPulled && walk.count > 0 && walk.sealedSeq !== walk.seq) {
    const sentence = 'The last entry has no valid seal, and every commit ends with one.';
    report({ code: 'unsealed', sentence, expected: String(walk.seq), found: String(walk.sealedSeq) });
  }
  checkMarks(open, report);
}

/** Where the entries that are here end; with none, where they were pruned, or where pulling back starts. */
function endOf({ record, walk, isPulled }: Open): { seq: number; hash: string } {
  if (walk.count > 0) return { seq: walk.seq, hash: walk.hash };
  if (record.pruned_seq > 0) return { seq: record.pruned_seq, hash: record.pruned_hash };
  return isPulled ? { seq: record.tip_seq, hash: record.tip_hash } : { seq: 0, hash: ZERO_HASH };
}

function checkMarks({ record, walk, isPulled }: Open, report: Report): void {
  const { acked_seq, acked_hash, safe_seq, tip_seq } = record;
  if (acked_seq > tip_seq || safe_seq > acked_seq) {
    const found = `${safe_seq}, ${acked_seq}, ${tip_seq}`;
    const sentence = 'What is safe is at most what is acked, and that is at most the tip.';
    report({ code: 'marks', sentence, found });
  }
  const known = hashAt(record, walk, acked_seq);
  if (known !== undefined && known !== acked_hash) {
    const sentence = 'acked_hash of the stream is not the hash of the chain there.';
    report({ code: 'marks', sentence, expected: known, found: acked_hash });
  }
  if (isPulled && acked_seq !== tip_seq)
    report({ code: 'marks', sentence: 'What was pulled back from the hub is acked as far as it goes.' });
  checkLastAck(record, walk, report);
}

function hashAt(record: EdgeStreamRecord, walk: StreamWalk, seq: number): string | undefined {
  if (seq === record.tip_seq) return record.tip_hash;
  if (seq === record.pruned_seq) return record.pruned_hash;
  return walk.hashAt(seq);
}

/** An edge cannot check the MAC of an ack; what it says must fit the marks it was recorded with. */
function checkLastAck(record: EdgeStreamRecord, walk: StreamWalk, report: Report): void {
  if (record.last_ack === null) return;
  let ack: Record<string, unknown>;
  try {
    ack = JSON.parse(record.last_ack);
  } catch {
    report({ code: 'last_ack', sentence: 'The last ack is not JSON.' });
    return;
  }
  const ackedSeq = Number(ack.acked_seq);
  const isOpen = record.closed_at === null;
  expectAll(report, { code: 'last_ack', row: 'last ack', because: 'that of its stream' }, [
    ['device_id', String(ack.device_id), record.device_id],
    ['incarnation', String(ack.incarnation), record.incarnation],
    ['lane', String(ack.lane), record.lane],
    // Of a closed stream the marks may have gone back, to what a restored hub has.
    ['acked_seq', ackedSeq, isOpen ? record.acked_seq : Math.max(ackedSeq, record.acked_seq)],
    ['head_hash', String(ack.head_hash), hashAt(record, walk, ackedSeq) ?? String(ack.head_hash)],
  ]);
  const isBound = typeof ack.generation === 'string' && /^[0-9a-f]{32}$/.test(ack.generation);
  const isMacked = typeof ack.mac === 'string' && /^[A-Za-z0-9_-]{43}$/.test(ack.mac);
  if (!isBound || !isMacked) report({ code: 'last_ack', sentence: 'The last ack is not an ack of a hub.' });
  if (isOpen && record.safe_seq < Number(ack.safe_seq)) {
    const sentence = 'The last ack says that more is safe than the stream does.';
    report({ code: 'last_ack', sentence, expected: String(ack.safe_seq), found: String(record.safe_seq) });
  }
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
