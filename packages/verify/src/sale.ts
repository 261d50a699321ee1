/**
 * What a sale says, and what becomes of it in the ledger: read from the body line anew, by the rules of
 * `docs/protocol.md`, and never from what somebody has booked.
 */
import { z } from 'zod';
import { parseJson } from './bytes.ts';
import { DECIMALS } from './currencies.ts';

/** Why a content cannot be booked. */
export type ContentReason =
  | 'unknown_version'
  | 'unknown_kind'
  | 'invalid_time'
  | 'invalid_body'
  | 'wrong_store'
  | 'unknown_currency'
  | 'amount_precision'
  | 'amount_out_of_range'
  | 'amounts_do_not_add_up';

/** A line of the ledger. */
export type Line = { account: string; amount: bigint };

/** A sale as it is booked; money in minor units. */
export type Sale = {
  storeId: string | null;
  cashierId: string;
  customerReference: string | null;
  currency: string;
  amount: bigint;
  tenders: bigint;
  change: bigint;
  flags: string[];
  payload: string;
  atMs: number;
  lines: Line[];
};

/** A sale that can be booked, or why it cannot. */
export type ReadContent = { kind: 'sale'; sale: Sale } | { kind: 'refused'; reason: ContentReason };

const MINOR_MAX = 999_999_999_999_999n;
const TENDERS_MAX = 16;

const Plain = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u);
const Decimal = z.string().regex(/^-?(0|[1-9]\d{0,14})(\.\d{1,4})?$/);

const SaleLine = z.object({
  salt: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  body: z.object({
    store_id: Plain.min(1).max(128).nullable(),
    cashier_id: Plain.min(1).max(64),
    customer_reference: Plain.max(128).nullable(),
    currency: z.string().regex(/^[A-Z]{3}$/),
    amount_total: Decimal,
    tenders: z
      .array(z.object({ type: z.string().min(1).max(32), amount: Decimal }))
      .min(1)
      .max(TENDERS_MAX),
    change: Decimal,
    flags: z.array(z.string().max(64)),
    payload: z.string(),
  }),
});
type Body = z.infer<typeof SaleLine>['body'];

/** Reads the content of an entry. A sale that names another store than `storeId` is refused, unless that is undefined. */
export function readContent(
  header: { v: number; kind: string; at: string },
  bodyLine: string,
  storeId?: string | undefined,
): ReadContent {
  if (header.v !== 1) return { kind: 'refused', reason: 'unknown_version' };
  if (header.kind !== 'sale') return { kind: 'refused', reason: 'unknown_kind' };
  const atMs = Date.parse(header.at);
  if (Number.isNaN(atMs)) return { kind: 'refused', reason: 'invalid_time' };
  const line = SaleLine.safeParse(parseJson(bodyLine));
  if (!line.success) return { kind: 'refused', reason: 'invalid_body' };
  const { body } = line.data;
  const isOfStore = storeId === undefined || body.store_id === null || body.store_id === storeId;
  if (!isOfStore) return { kind: 'refused', reason: 'wrong_store' };
  const amounts = readAmounts(body);
  if (typeof amounts === 'string') return { kind: 'refused', reason: amounts };
  return { kind: 'sale', sale: saleOf(body, amounts, atMs) };
}

type Amounts = { total: bigint; change: bigint; tenders: bigint[] };

function saleOf(body: Body, { total, change, tenders }: Amounts, atMs: number): Sale {
  const lines: Line[] = tenders.map((amount) => ({ account: 'cash_drawer', amount }));
  if (change !== 0n) lines.push({ account: 'cash_drawer', amount: -change });
  lines.push({ account: 'sales', amount: -total });
  return {
    storeId: body.store_id,
    cashierId: body.cashier_id,
    customerReference: body.customer_reference,
    currency: body.currency,
    amount: total,
    tenders: tenders.reduce((sum, each) => sum + each, 0n),
    change,
    flags: body.flags,
    payload: body.payload,
    atMs,
    lines,
  };
}

/** Total, change and tenders in this order; the first that cannot be read gives the reason. */
function readAmounts(body: Body): Amounts | ContentReason {
  const decimals = DECIMALS.get(body.currency);
  if (decimals === undefined) return 'unknown_currency';
  const read: bigint[] = [];
  for (const text of [body.amount_total, body.change, ...body.tenders.map((tender) => tender.amount)]) {
    const minor = minorOf(text, decimals);
    if (typeof minor === 'string') return minor;
    read.push(minor);
  }
  const [total = 0n, change = 0n, ...tenders] = read;
  const given = tenders.reduce((sum, each) => sum + each, 0n);
  if (read.some((each) => each < 0n) || given - change !== total) return 'amounts_do_not_add_up';
  return { total, change, tenders };
}

function minorOf(text: string, decimals: number): bigint | 'amount_precision' | 'amount_out_of_range' {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  if (/[1-9]/.test(fraction.slice(decimals))) return 'amount_precision';
  const minor = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  if (minor > MINOR_MAX) return 'amount_out_of_range';
  return text.startsWith('-') ? -minor : minor;
}
