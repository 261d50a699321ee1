/**
 * The checks of a hub's database: every entry owns its operation or repeats one, every owned operation is booked once or
 * waits for a person, and every booking and posting is what the body says. All of it stands in one record, but for
 * repeats, which are compared with the owner as soon as that is known.
 */
import { sha256, ZERO_HASH } from './bytes.ts';
import { type Check, expectAll, type Report, reporter } from './check.ts';
import { checkBooking } from './check-booking.ts';
import { checkQuarantine, type Standing } from './check-quarantine.ts';
import { createCoverage, type SegmentCoverage } from './check-segment.ts';
import { decimalOf } from './currencies.ts';
import { type Header, HUB_INCARNATION } from './journal.ts';
import { createOpTable, type OpTable, printOf } from './op-table.ts';
import type { HubEntryRecord, HubStreamRecord, SegmentRecord } from './records.ts';
import type { Where } from './report.ts';
import { type ReadContent, readContent } from './sale.ts';
import { createStreamWalk, type StreamWalk } from './stream-walk.ts';

/** Takes the records of a hub in their order, each stream before its entries and its segments. */
export type HubCheck = {
  stream(record: HubStreamRecord): void;
  entry(record: HubEntryRecord): void;
  segment(record: SegmentRecord): void;
  /** What can be said once everything was read. */
  end(): void;
};

type Open = {
  record: HubStreamRecord;
  walk: StreamWalk;
  place: Omit<Where, 'line'>;
  storeId: string | undefined;
  coverage: SegmentCoverage;
  /** When the entries after the last seal came: those of one batch come together. */
  receivedAt: string | undefined;
  lastReceivedAt: string | undefined;
  isSafeAtSeal: boolean;
};

/** An entry whose operation belongs to another one. */
type Repeat = {
  opId: string;
  print: number;
  /** Must the owner have the same content, and when must it have come? */
  isSame: boolean;
  at: string | null;
  where: Where;
};

type State = { check: Check; open: Open | undefined; operations: OpTable; repeats: Repeat[] };

/** A check of a ledger of which nothing has been read. */
export function createHubCheck(check: Check): HubCheck {
  const state: State = { check, open: undefined, operations: createOpTable(), repeats: [] };
  return {
    stream(record) {
      finishStream(state);
      state.open = openStream(check, record);
    },
    entry(record) {
      const { open } = state;
      if (open?.record.stream === record.stream) takeEntry(state, open, record);
      else
        reporter(
          check,
          {},
        )({ code: 'malformed', sentence: 'The record does not follow that of its stream.' });
    },
    segment(record) {
      state.open?.coverage.take(record);
    },
    end() {
      finishStream(state);
      for (const repeat of state.repeats) judgeRepeat(state, repeat);
    },
  };
}

function openStream(check: Check, record: HubStreamRecord): Open {
  check.counts.streams += 1;
  const { tenant_id, location_id, device_id, incarnation, lane } = record;
  const place = { tenant_id, device_id, incarnation, lane };
  const report = reporter(check, place);
  const location = check.locations.get(location_id);
  if (location?.tenant_id !== tenant_id)
    report({
      code: 'orphan',
      sentence: 'The stream is of a location that is not known.',
      found: location_id,
    });
  const device = check.devices.get(device_id);
  if (device?.tenant_id !== tenant_id || device.location_id !== location_id)
    report({
      code: 'orphan',
      sentence: 'The stream is of a device that is not known there.',
      found: device_id,
    });
  const name = { device_id, incarnation, lane };
  const walk = createStreamWalk(check, { name, place, after: { seq: 0, hash: ZERO_HASH } });
  return {
    record,
    walk,
    place,
    storeId: location?.store_id,
    coverage: createCoverage(check, { record, walk }),
    receivedAt: undefined,
    lastReceivedAt: undefined,
    isSafeAtSeal: record.safe_seq === 0 || incarnation === HUB_INCARNATION,
  };
}

function takeEntry(state: State, open: Open, record: HubEntryRecord): void {
  const { check } = state;
  const { header, report, place } = open.walk.take(record);
  checkReceivedAt(open, record, report);
  check.counts.operations += record.ops.length;
  check.counts.bookings += record.bookings.length;
  if (record.quarantine !== null) check.counts.quarantined += 1;
  if (header === undefined) return;
  expectAll(report, { code: 'operation', row: 'entry', because: 'what its header says' }, [
    ['op_id', record.op_id, header.op_id],
    ['kind', record.kind, header.kind],
  ]);
  const isOwner = takeOperation(state, { record, header, report });
  const read = contentOf(open, record, header);
  const standing: Standing = {
    isOwner,
    isBooked: isOwner && record.ops[0]?.booking_no !== null,
    ...read,
    device: check.devices.get(open.record.device_id),
  };
  if (record.quarantine !== null) checkQuarantine(record.quarantine, { record, header, standing, report });
  else if (isOwner && !standing.isBooked) {
    const sentence = 'The operation is neither booked nor does it wait for a person.';
    report({ code: 'operation', sentence });
  }
  if (!isOwner) noteRepeat(state, { record, header, place });
  checkBooking(check, { record, header, standing, report });
  offerReceipt(check, { header, content: read.content, isBooked: standing.isBooked, place });
}

/** What the entry says: as it was judged when it came, and without regard to the store it names. */
function contentOf(open: Open, record: HubEntryRecord, header: Header): Pick<Standing, 'content' | 'judged'> {
  if (record.body === null) return { content: undefined, judged: undefined };
  const judged = readContent(header, record.body, open.storeId);
  const isPassedOver = record.quarantine?.resolution === 'booked';
  return { judged, content: isPassedOver ? readContent(header, record.body) : judged };
}

/** Checks the operations at this place, of which there is one at most; true when the entry owns it. */
function takeOperation(
  { check, operations }: State,
  at: { record: HubEntryRecord; header: Header; report: Report },
): boolean {
  const { record, header, report } = at;
  if (record.ops.length > 1)
    report({ code: 'operation', sentence: 'Two operations name this entry as their own.' });
  const [op] = record.ops;
  if (op === undefined) return false;
  expectAll(report, { code: 'operation', row: 'operation', because: 'what its entry says' }, [
    ['op_id', op.op_id, header.op_id],
    ['kind', op.kind, header.kind],
    ['body_hash', op.body_hash, header.body_hash],
  ]);
  const value = { print: contentPrint(header), at: Date.parse(record.received_at) };
  if (!operations.add(header.op_id, value))
    report({ code: 'operation', sentence: 'The operation is there twice.', found: header.op_id });
  check.counts.postings += record.bookings.reduce((sum, booking) => sum + booking.postings.length, 0);
  return true;
}

/** What tells whether two entries are the same operation: kind and body. */
function contentPrint(header: Header): number {
  return printOf(sha256(`${header.kind}\n${header.body_hash}`));
}

/** A batch is received at one instant, and every batch of a device ends with a seal. */
function checkReceivedAt(open: Open, record: HubEntryRecord, report: Report): void {
  const isHubs = open.record.incarnation === HUB_INCARNATION;
  if (!isHubs && open.receivedAt !== undefined && open.receivedAt !== record.received_at) {
    const sentence = 'Entries under one seal were received at once, and this one was not.';
    report({ code: 'received_at', sentence, expected: open.receivedAt, found: record.received_at });
  }
  open.lastReceivedAt = record.received_at;
  open.receivedAt = record.seal === null ? (open.receivedAt ?? record.received_at) : undefined;
  if (record.seal !== null && record.seq === open.record.safe_seq) open.isSafeAtSeal = true;
  if (isHubs && record.seal !== null)
    report({ code: 'seal', sentence: 'A stream that the hub wrote has no seals.' });
}

function noteRepeat(
  state: State,
  at: { record: HubEntryRecord; header: Header; place: Omit<Where, 'line'> },
): void {
  const { record, header, place } = at;
  const { quarantine } = record;
  const isReused = quarantine?.reason === 'op_id_reused';
  const repeat: Repeat = {
    opId: header.op_id,
    print: contentPrint(header),
    isSame: !isReused,
    at: quarantine?.resolution === 'superseded' ? quarantine.resolved_at : null,
    where: { line: state.check.line, ...place },
  };
  // The owner mostly comes first; then nothing needs to be kept.
  if (state.operations.get(repeat.opId) === undefined) state.repeats.push(repeat);
  else judgeRepeat(state, repeat);
}

function judgeRepeat({ check, operations }: State, repeat: Repeat): void {
  const owner = operations.get(repeat.opId);
  const { where } = repeat;
  if (owner === undefined) {
    check.findings.add({ code: 'operation', where, sentence: 'Nobody owns the operation of this entry.' });
    return;
  }
  if (repeat.isSame && owner.print !== repeat.print) {
    const sentence =
      'The operation has another content where it is owned, and this entry does not wait for it.';
    check.findings.add({ code: 'operation', where, sentence });
  }
  if (repeat.at !== null && Date.parse(repeat.at) !== owner.at)
    check.findings.add({
      code: 'quarantine',
      where,
      sentence: 'The entry was superseded at another time than the one that took its place came.',
      found: repeat.at,
    });
}

function finishStream({ check, open }: State): void {
  if (open === undefined) return;
  const { record, walk, place } = open;
  const report = reporter(check, place);
  expectAll(report, { code: 'marks', row: 'stream', because: 'that of its last entry' }, [
    ['acked_seq', record.acked_seq, walk.seq],
    ['head_hash', record.head_hash, walk.count === 0 ? ZERO_HASH : walk.hash],
    ['last_received_at', record.last_received_at, open.lastReceivedAt ?? record.last_received_at],
  ]);
  const isHubs = record.incarnation === HUB_INCARNATION;
  if (isHubs) check.counts.unsealed += walk.count;
  else if (walk.sealedSeq !== walk.seq) {
    const sentence = 'The last entry has no valid seal, and every batch ends with one.';
    report({ code: 'unsealed', sentence, expected: String(walk.seq), found: String(walk.sealedSeq) });
  }
  if (record.safe_seq > record.acked_seq || !open.isSafeAtSeal) {
    const sentence = 'What is safe ends where a batch ended, and not above what is acked.';
    report({ code: 'marks', sentence, found: String(record.safe_seq) });
  }
  open.coverage.end(report);
}

function offerReceipt(
  check: Check,
  at: {
    header: Header;
    content: ReadContent | undefined;
    isBooked: boolean;
    place: Omit<Where, 'line'>;
  },
): void {
  const { header, content, isBooked, place } = at;
  const sale = content?.kind === 'sale' ? content.sale : undefined;
  check.receipts.offer({ opId: header.op_id, bodyHash: header.body_hash }, () => ({
    op_id: header.op_id,
    state: isBooked ? 'booked' : 'quarantined',
    at: header.at,
    amount: sale === undefined ? null : decimalOf(sale.amount, sale.currency),
    currency: sale?.currency ?? null,
    cashier_id: sale?.cashierId ?? null,
    where: { line: check.line, ...place },
  }));
}
