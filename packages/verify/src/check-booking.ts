/** The checks of a booking and its postings: each is computed from the body and compared, column by column. */
import { receiptCodeOf } from './bytes.ts';
import { type Check, expectAll, type Report } from './check.ts';
import type { Standing } from './check-quarantine.ts';
import type { Header } from './journal.ts';
import type { BookingRecord, HubEntryRecord } from './records.ts';
import type { Sale } from './sale.ts';

/** Checks what is booked for an entry: one booking when its operation says so, none otherwise. */
export function checkBooking(
  check: Check,
  at: { record: HubEntryRecord; header: Header; standing: Standing; report: Report },
): void {
  const { record, header, standing, report } = at;
  const [booking, ...more] = record.bookings;
  if (more.length > 0) report({ code: 'booking', sentence: 'The entry is booked more than once.' });
  if (booking === undefined) {
    const sentence = 'The operation is said to be booked, and there is no booking.';
    if (standing.isBooked) report({ code: 'booking', sentence });
    return;
  }
  if (!standing.isBooked)
    report({ code: 'booking', sentence: 'There is a booking of an operation that is not booked.' });
  const of = { code: 'booking', row: 'booking', because: 'what its entry says' } as const;
  expectAll(report, of, [
    ['booking_no', booking.booking_no, record.ops[0]?.booking_no ?? booking.booking_no],
    ['op_id', booking.op_id, header.op_id],
    ['received_at', booking.received_at, record.received_at],
  ]);
  expectAll(report, { ...of, code: 'receipt_code' }, [
    ['receipt_code', booking.receipt_code, receiptCodeOf(header.op_id, header.body_hash)],
  ]);
  const { content } = standing;
  if (content?.kind === 'refused') {
    const sentence = `What the entry says cannot be booked: ${content.reason}.`;
    report({ code: 'booking', sentence });
  } else if (content === undefined) {
    checkErased(booking, report);
  } else {
    checkAmounts(booking, content.sale, report);
    check.sums.add(content.sale, false);
  }
}

function checkAmounts(booking: BookingRecord, sale: Sale, report: Report): void {
  const reference = sale.customerReference === '' ? null : sale.customerReference;
  expectAll(report, { code: 'booking', row: 'booking', because: 'what its entry says' }, [
    ['cashier_id', booking.cashier_id, sale.cashierId],
    ['customer_reference', booking.customer_reference, reference],
    ['currency', booking.currency, sale.currency],
    ['amount_minor', booking.amount_minor, String(sale.amount)],
    ['created_at', booking.created_at, new Date(sale.atMs).toISOString()],
  ]);
  if (booking.postings.length !== sale.lines.length) {
    const found = String(booking.postings.length);
    const sentence = 'The booking does not have one posting for each tender, the change and the sale.';
    report({ code: 'posting', sentence, expected: String(sale.lines.length), found });
  }
  for (const [index, posting] of booking.postings.entries()) {
    const line = sale.lines[index];
    if (line === undefined) break;
    expectAll(report, { code: 'posting', row: 'posting', because: 'what the sale says' }, [
      ['line', posting.line, index + 1],
      ['account', posting.account, line.account],
      ['currency', posting.currency, sale.currency],
      ['amount_minor', posting.amount_minor, String(line.amount)],
    ]);
  }
}

/** What is left to say without the body: the postings sum to zero, and are as much as was booked. */
function checkErased(booking: BookingRecord, report: Report): void {
  const sums = new Map<string, bigint>();
  let sales = 0n;
  for (const { currency, account, amount_minor } of booking.postings) {
    sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(amount_minor));
    if (account === 'sales') sales -= BigInt(amount_minor);
  }
  if ([...sums.values()].some((sum) => sum !== 0n))
    report({ code: 'posting', sentence: 'The postings of the booking do not sum to zero.' });
  expectAll(report, { code: 'booking', row: 'booking', because: 'that of its postings' }, [
    ['amount_minor', booking.amount_minor, String(sales)],
  ]);
}
