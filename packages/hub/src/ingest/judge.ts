/**
 * Judges what an entry says: may it be booked, and how, or must a person look at it. The judgement never refuses an
 * entry: what was sealed by a device is kept, whatever it says.
 */
import { isAppError, LIMITS } from '@holdfast/base';
import { receiptCode } from '@holdfast/journal';
import { toMinor } from '@holdfast/money';
import { BodyLine, type DeviceState, ENTRY_VERSION, type EntryHeader, SaleBody } from '@holdfast/protocol';

/** Why an entry waits for a person. */
export type QuarantineReason =
  | 'device_suspended'
  | 'device_revoked'
  | 'unknown_version'
  | 'unknown_kind'
  | 'invalid_time'
  | 'invalid_body'
  | 'wrong_store'
  | 'unknown_currency'
  | 'amount_precision'
  | 'amount_out_of_range'
  | 'amounts_do_not_add_up'
  /** Another operation has this op_id; found when it is booked. */
  | 'op_id_reused';

/** One line of a booking; the lines of a booking sum to zero. */
export type Posting = { account: 'cash_drawer' | 'sales'; amountMinor: bigint };

/** What a sale becomes in the ledger. */
export type Booking = {
  cashierId: string;
  customerReference: string | null;
  currency: string;
  amountMinor: bigint;
  receiptCode: string;
  createdAtMs: number;
  postings: Posting[];
};

export type Judgement = { kind: 'book'; booking: Booking } | { kind: 'quarantine'; reason: QuarantineReason };

/** The device as far as it matters here; `store_id` is that of its location. */
export type Sender = { state: DeviceState; store_id: string };

const REASON_OF_STATE: Partial<Record<DeviceState, QuarantineReason>> = {
  suspended: 'device_suspended',
  revoked: 'device_revoked',
};

/** More tenders than an edge takes is no sale of an edge, and more than a booking can number. */
const SaleLine = BodyLine.extend({
  body: SaleBody.refine((sale) => sale.tenders.length <= LIMITS.saleTendersMax),
});

/** What of an entry is judged. */
export type JudgedEntry = {
  header: Pick<EntryHeader, 'v' | 'kind' | 'at' | 'op_id' | 'body_hash'>;
  bodyLine: Uint8Array;
};

/** Judges one entry of `sender`. A sale without a store was made before its device knew one: it is the sender's. */
export function judge(entry: JudgedEntry, sender: Sender): Judgement {
  const ofState = REASON_OF_STATE[sender.state];
  return ofState === undefined ? judgeSale(entry, sender.store_id) : quarantine(ofState);
}

/** Judges what the entry says alone: a person has decided that its device and its store may be passed over. */
export function judgeContent(entry: JudgedEntry): Judgement {
  return judgeSale(entry, undefined);
}

function judgeSale({ header, bodyLine }: JudgedEntry, storeId: string | undefined): Judgement {
  if (header.v !== ENTRY_VERSION) return quarantine('unknown_version');
  if (header.kind !== 'sale') return quarantine('unknown_kind');
  const createdAtMs = Date.parse(header.at);
  if (Number.isNaN(createdAtMs)) return quarantine('invalid_time');
  const sale = readSale(bodyLine);
  if (sale === undefined) return quarantine('invalid_body');
  const isOfStore = storeId === undefined || sale.store_id === null || sale.store_id === storeId;
  if (!isOfStore) return quarantine('wrong_store');
  const amounts = readAmounts(sale);
  if (typeof amounts === 'string') return quarantine(amounts);
  const booking: Booking = {
    cashierId: sale.cashier_id,
    customerReference: sale.customer_reference === '' ? null : sale.customer_reference,
    currency: sale.currency,
    amountMinor: amounts.totalMinor,
    receiptCode: receiptCode(header.op_id, header.body_hash),
    createdAtMs,
    postings: postingsOf(amounts),
  };
  return { kind: 'book', booking };
}

type Amounts = { totalMinor: bigint; tendersMinor: bigint[]; changeMinor: bigint };

/** Debit (plus): what came into the drawer. Credit (minus): the change that left it, and the sale itself. */
function postingsOf({ totalMinor, tendersMinor, changeMinor }: Amounts): Posting[] {
  const postings: Posting[] = tendersMinor.map((amountMinor) => ({ account: 'cash_drawer', amountMinor }));
  if (changeMinor !== 0n) postings.push({ account: 'cash_drawer', amountMinor: -changeMinor });
  postings.push({ account: 'sales', amountMinor: -totalMinor });
  return postings;
}

function readAmounts(sale: SaleBody): Amounts | QuarantineReason {
  try {
    const totalMinor = toMinor(sale.amount_total, sale.currency);
    const changeMinor = toMinor(sale.change, sale.currency);
    const tendersMinor = sale.tenders.map((tender) => toMinor(tender.amount, sale.currency));
    const given = tendersMinor.reduce((sum, each) => sum + each, 0n);
    const isPlain = totalMinor >= 0n && changeMinor >= 0n && tendersMinor.every((each) => each >= 0n);
    return isPlain && given - changeMinor === totalMinor
      ? { totalMinor, tendersMinor, changeMinor }
      : 'amounts_do_not_add_up';
  } catch (error) {
    if (isAppError(error, 'unknown_currency')) return 'unknown_currency';
    if (isAppError(error, 'amount_precision')) return 'amount_precision';
    if (isAppError(error, 'amount_out_of_range')) return 'amount_out_of_range';
    if (isAppError(error, 'invalid_request')) return 'invalid_body';
    throw error;
  }
}

function readSale(bodyLine: Uint8Array): SaleBody | undefined {
  let line: unknown;
  try {
    line = JSON.parse(Buffer.from(bodyLine.buffer, bodyLine.byteOffset, bodyLine.byteLength).toString());
  } catch {
    return undefined; // Not JSON is an answer here: the entry is kept as it is.
  }
  return SaleLine.safeParse(line).data?.body;
}

function quarantine(reason: QuarantineReason): Judgement {
  return { kind: 'quarantine', reason };
}
