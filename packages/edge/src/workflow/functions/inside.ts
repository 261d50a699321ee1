/** Functions that run inside the commit that moves the workflow: they read, reckon, and write rows of the store. */
import { toDecimal, toMinor } from '@holdfast/money';
import { StepFailure } from '@holdfast/workflow';
import { expiryOf } from './card-expiry.ts';
import { CARD_IF_READ } from './fields.ts';
import { type InsideFunction, needText, textOf } from './function.ts';
import { SALE_FUNCTIONS } from './sales.ts';

const validateCard: InsideFunction = {
  spec: {
    name: 'edge.validate_card',
    summary: 'Looks at the card that was read: it must not have expired.',
    effect: 'pure',
    input: CARD_IF_READ,
    output: { card_valid: { type: 'boolean' } },
    failures: ['no_card', 'expired_card'],
  },
  run(input, { nowMs }) {
    if (textOf(input, 'card_token') === undefined)
      throw new StepFailure('no_card', 'No card was read: let a step with edge.read_card come first.');
    const expired = expiryOf(textOf(input, 'card_expiry'), nowMs);
    if (expired !== undefined) throw new StepFailure('expired_card', expired);
    return { card_valid: true };
  },
};

const validatePayment: InsideFunction = {
  spec: {
    name: 'edge.validate_payment',
    summary: 'Looks at the amount: it must be above zero.',
    effect: 'pure',
    input: { amount: { type: 'money' } },
    output: { payment_valid: { type: 'boolean' } },
    failures: ['invalid_amount'],
  },
  run(input, { call }) {
    if (toMinor(needText(input, 'amount'), call.currency) <= 0n)
      throw new StepFailure('invalid_amount', 'The amount must be above zero.');
    return { payment_valid: true };
  },
};

const checkConnectivity: InsideFunction = {
  spec: {
    name: 'edge.check_connectivity',
    summary: 'Tells whether the hub can be reached.',
    effect: 'local',
    input: {},
    output: { online: { type: 'boolean' } },
    failures: [],
  },
  run: (_, { online }) => ({ online }),
};

const declineOffline: InsideFunction = {
  spec: {
    name: 'edge.decline_offline',
    summary: 'Declines the payment here, and says why.',
    effect: 'pure',
    input: { decline_reason: { type: 'string', optional: true } },
    output: { approved: { type: 'boolean' }, decline_reason: { type: 'string' } },
    failures: [],
  },
  run: (input) => ({
    approved: false,
    decline_reason: textOf(input, 'decline_reason') ?? 'declined_offline',
  }),
};

const updateDeliveryStatus: InsideFunction = {
  spec: {
    name: 'edge.update_delivery_status',
    summary: 'Notes that the goods were handed over, and when.',
    effect: 'pure',
    input: { delivery_status: { type: 'string', optional: true } },
    output: { delivery_status: { type: 'string' }, delivered_at: { type: 'timestamp' } },
    failures: [],
  },
  run: (input, { nowMs }) => ({
    delivery_status: textOf(input, 'delivery_status') ?? 'delivered',
    delivered_at: new Date(nowMs).toISOString(),
  }),
};

const checkBalance: InsideFunction = {
  spec: {
    name: 'edge.check_balance',
    summary: 'Compares the amount with the balance that is known here.',
    effect: 'pure',
    input: { amount: { type: 'money' }, balance: { type: 'money', optional: true } },
    output: { balance_covers: { type: 'boolean' } },
    failures: ['balance_unknown'],
  },
  run(input, { call }) {
    const balance = textOf(input, 'balance');
    if (balance === undefined)
      throw new StepFailure('balance_unknown', 'No balance is known here: start the workflow with one.');
    const amount = needText(input, 'amount');
    return { balance_covers: toMinor(balance, call.currency) >= toMinor(amount, call.currency) };
  },
};

const updateLedger: InsideFunction = {
  spec: {
    name: 'edge.update_ledger',
    summary: 'Takes the amount from the balance that is known here.',
    effect: 'pure',
    input: { amount: { type: 'money' }, balance: { type: 'money', optional: true } },
    output: { balance: { type: 'money', optional: true } },
    failures: [],
  },
  run(input, { call: { currency } }) {
    const balance = textOf(input, 'balance');
    if (balance === undefined) return {};
    const left = toMinor(balance, currency) - toMinor(needText(input, 'amount'), currency);
    return { balance: toDecimal(left, currency) };
  },
};

/** Pure and local functions of every edge. */
export const INSIDE_FUNCTIONS: readonly InsideFunction[] = [
  validateCard,
  validatePayment,
  checkConnectivity,
  declineOffline,
  updateDeliveryStatus,
  checkBalance,
  updateLedger,
  ...SALE_FUNCTIONS,
];
