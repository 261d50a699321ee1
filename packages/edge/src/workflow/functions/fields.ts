/** Fields that several functions read or write, and the fields of a payment that declares no state of its own. */
import type { Field, Fields } from '@holdfast/workflow';

const TEXT = { type: 'string' } satisfies Field;
const OPTIONAL_TEXT = { type: 'string', optional: true } satisfies Field;
const MONEY = { type: 'money' } satisfies Field;
const OPTIONAL_MONEY = { type: 'money', optional: true } satisfies Field;

/** What a card reader tells. */
export const CARD: Fields = {
  card_token: TEXT,
  card_type: TEXT,
  masked_pan: TEXT,
  card_expiry: TEXT,
  entry_mode: TEXT,
};

/** The same of a card that may not have been read. */
export const CARD_IF_READ: Fields = {
  card_token: OPTIONAL_TEXT,
  card_type: OPTIONAL_TEXT,
  masked_pan: OPTIONAL_TEXT,
  card_expiry: OPTIONAL_TEXT,
  entry_mode: OPTIONAL_TEXT,
};

/** What the card's own approval leaves for receipt and journal. */
export const CARD_PAYMENT: Fields = { card_payment: { type: 'json', optional: true } };

const ITEMS: Field = {
  type: 'list',
  optional: true,
  of: {
    type: 'record',
    fields: { sku: TEXT, name: TEXT, quantity: { type: 'integer' }, unit_price: MONEY },
  },
};

const TENDERS: Field = {
  type: 'list',
  optional: true,
  of: { type: 'record', fields: { type: TEXT, amount: MONEY } },
};

/** What a sale is made of. */
export const SALE: Fields = {
  amount: MONEY,
  cashier_id: OPTIONAL_TEXT,
  customer_reference: OPTIONAL_TEXT,
  items: ITEMS,
  tenders: TENDERS,
};

/** The state of a workflow that declares none: a payment, and what the functions of this edge read of it. */
export const PAYMENT_STATE: Fields = {
  ...SALE,
  ...CARD_IF_READ,
  ...CARD_PAYMENT,
  pin_verified: { type: 'boolean', optional: true },
  cardholder_verification: OPTIONAL_TEXT,
  currency: OPTIONAL_TEXT,
  approval_code: OPTIONAL_TEXT,
  balance: OPTIONAL_MONEY,
  delivery_id: OPTIONAL_TEXT,
  delivery_status: OPTIONAL_TEXT,
  order_id: OPTIONAL_TEXT,
  edge_transaction_id: OPTIONAL_TEXT,
  payment_status: OPTIONAL_TEXT,
  decline_reason: OPTIONAL_TEXT,
  country: OPTIONAL_TEXT,
  message: OPTIONAL_TEXT,
};

/** Named sets of fields, for `initial_state_model` and `input_model`. */
export const MODELS: ReadonlyMap<string, Fields> = new Map([['PaymentState', PAYMENT_STATE]]);
