/**
 * Functions that take the sale into the journal, in the commit that moves the workflow. The key of the call is the
 * operation: a repeat is the same sale. A sale that another of these functions has taken before stays one sale. The
 * journal books cash; how a card was paid with travels in the payload.
 */
import { isAppError, isUuid } from '@holdfast/base';
import { toMinor } from '@holdfast/money';
import { SaleReceipt } from '@holdfast/protocol';
import { type Field, type Fields, type Json, type JsonObject, StepFailure } from '@holdfast/workflow';
import { noteCardPayment } from '../../store/card-payments.ts';
import { placeOf } from '../../store/streams.ts';
import { findTransaction, opIdBytes } from '../../store/transactions.ts';
import { takeSale } from '../../writer/handlers/sale.ts';
import { CARD_IF_READ, CARD_PAYMENT, SALE } from './fields.ts';
import { type InsideFunction, type InsideUse, needText, textOf } from './function.ts';

/** Who sells when nobody is named. */
const NOBODY = 'workflow';

/** What may be wrong with a sale; nothing else that takes it can fail because of what it holds. */
const FAILURES = [
  'invalid_request',
  'amount_mismatch',
  'amount_precision',
  'amount_out_of_range',
  'tenders_insufficient',
  'unknown_currency',
  'idempotency_key_reused',
  'not_found',
] as const;

const OUTPUT: Fields = {
  edge_transaction_id: { type: 'string' },
  seq: { type: 'integer' },
  receipt_code: { type: 'string' },
  payment_status: { type: 'string' },
};

const OPTIONAL_TEXT: Field = { type: 'string', optional: true };

/** What steps before may have come to. */
const BEFORE: Fields = {
  approval_code: OPTIONAL_TEXT,
  edge_transaction_id: OPTIONAL_TEXT,
  payment_status: OPTIONAL_TEXT,
};

type Queue = { name: string; summary: string; status: string; authorisation: 'given' | 'wanted' };

const QUEUES: readonly Queue[] = [
  {
    name: 'edge.queue_for_sync',
    summary: 'Takes the sale into the journal; it goes to the hub by itself.',
    status: 'queued_for_sync',
    authorisation: 'given',
  },
  {
    name: 'edge.queue_for_settlement',
    summary: 'Takes the approved sale into the journal, for clearing.',
    status: 'queued_for_settlement',
    authorisation: 'given',
  },
  {
    name: 'edge.queue_for_auth',
    summary: 'Takes the sale into the journal at the risk of the store; authorisation is asked for later.',
    status: 'queued_for_authorisation',
    authorisation: 'wanted',
  },
  {
    name: 'edge.queue_for_cloud_auth',
    summary: 'The same as edge.queue_for_auth.',
    status: 'queued_for_authorisation',
    authorisation: 'wanted',
  },
  {
    name: 'edge.complete_transaction',
    summary: 'Takes the paid sale into the journal and ends the payment.',
    status: 'completed',
    authorisation: 'given',
  },
];

export const SALE_FUNCTIONS: readonly InsideFunction[] = QUEUES.map((queue) => ({
  spec: {
    name: queue.name,
    summary: queue.summary,
    effect: 'local',
    input: { ...SALE, ...CARD_IF_READ, ...CARD_PAYMENT, ...BEFORE },
    output: OUTPUT,
    failures: FAILURES,
  },
  run: (input, use) => take(input, queue, use),
}));

function take(input: JsonObject, queue: Queue, use: InsideUse): Json {
  const { tx, call } = use;
  const taken = takenBefore(input, queue, use);
  if (taken !== undefined) return taken;
  const text = JSON.stringify(requestOf(input, queue, use));
  try {
    const sale = takeSale(tx, { type: 'sale', op_id: call.key, text, terminal_id: null, staff_id: null });
    if (!sale.replayed) {
      use.noteSale();
      noteCard(input, use);
    }
    const { edge_transaction_id, seq, receipt_code } = SaleReceipt.parse(JSON.parse(sale.body));
    return { edge_transaction_id, seq, receipt_code, payment_status: queue.status };
  } catch (error) {
    const code = isAppError(error) && FAILURES.find((failure) => failure === error.code);
    if (code) throw new StepFailure(code, error.message);
    throw error;
  }
}

/** What a card paid last counts towards its floor limit; it is written with the sale, so that neither is without the other. */
function noteCard(input: JsonObject, { tx, call }: InsideUse): void {
  const token = textOf(input, 'card_token');
  if (token === undefined) return;
  const amountMinor = toMinor(needText(input, 'amount'), call.currency);
  noteCardPayment(tx.statements, { token, currency: call.currency, amountMinor, nowMs: tx.nowMs });
}

/**
 * The sale of this instance, if another function has taken it: what was queued for authorisation and is queued for
 * settlement then is sold once. A function that runs again, in a loop, takes another sale.
 */
function takenBefore(input: JsonObject, queue: Queue, { tx, call }: InsideUse): Json | undefined {
  const opId = textOf(input, 'edge_transaction_id');
  const status = textOf(input, 'payment_status');
  if (opId === undefined || status === undefined || status === queue.status) return undefined;
  const row = isUuid(opId) ? tx.statements.findSale.get(opIdBytes(opId)) : undefined;
  // The state may have been started with it: the sale of another payment is not this one's.
  if (row === undefined || instanceOf(tx, opId) !== call.instance_id)
    throw new StepFailure('not_found', `This workflow has taken no sale ${opId} that is still kept here.`);
  const { id, amount_minor, receipt_code } = row as TakenSale; // The columns of the statement.
  if (amount_minor !== toMinor(needText(input, 'amount'), call.currency))
    throw new StepFailure('amount_mismatch', `The sale ${opId} was taken with another amount.`);
  const { seq } = placeOf(Number(id));
  return { edge_transaction_id: opId, seq, receipt_code, payment_status: queue.status };
}

/** The workflow that took a sale; undefined when none did, or its lines are not kept any more. */
function instanceOf(tx: InsideUse['tx'], opId: string): unknown {
  const text = findTransaction(tx.db, opId)?.payload_json ?? '';
  const payload: { workflow_instance_id?: unknown } = text === '' ? {} : JSON.parse(text);
  return payload.workflow_instance_id;
}

type TakenSale = { id: bigint; amount_minor: bigint; receipt_code: string };

function requestOf(input: JsonObject, queue: Queue, { call }: InsideUse): JsonObject {
  const amount = needText(input, 'amount');
  const { items = [{ sku: 'amount', name: 'Amount', quantity: 1, unit_price: amount }], tenders } = input;
  refuseOtherSum(items, { amount, currency: call.currency });
  const card = Object.keys(CARD_IF_READ).flatMap((name) => {
    const value = textOf(input, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const approval_code = textOf(input, 'approval_code') ?? null;
  const { card_payment } = input;
  return {
    cashier_id: textOf(input, 'cashier_id') ?? NOBODY,
    customer_reference: textOf(input, 'customer_reference') ?? null,
    items,
    currency: call.currency,
    ...(tenders !== undefined && { tenders }),
    payment: {
      authorisation: queue.authorisation,
      approval_code,
      ...Object.fromEntries(card),
      ...(card_payment !== undefined && { card_payment }),
    },
    workflow_instance_id: call.instance_id,
  };
}

/** What is approved is what is booked: items that come to another sum are refused. */
function refuseOtherSum(items: Json, of: { amount: string; currency: string }): void {
  let sum = 0n;
  for (const item of Array.isArray(items) ? items : []) {
    // The spec says what an item holds.
    const { quantity, unit_price } = item as { quantity: number; unit_price: string };
    sum += BigInt(quantity) * toMinor(unit_price, of.currency);
  }
  if (sum !== toMinor(of.amount, of.currency))
    throw new StepFailure('amount_mismatch', `The items do not come to the amount of ${of.amount}.`);
}
