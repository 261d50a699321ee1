/**
 * Functions of a card payment. A card that a reader of this edge has read is asked itself, as long as it is there; a token
 * that came from elsewhere has no card here, and is held against what is known of it.
 */
import { toHex } from '@holdfast/base';
import { sha256 } from '@holdfast/crypto';
import { type CallResult, type Field, type JsonObject, NOT_DONE } from '@holdfast/workflow';
import {
  APPROVAL_FAILURES,
  type CardRead,
  type DeviceAnswer,
  READ_FAILURES,
  VALIDATION_FAILURES,
  VERIFICATION_FAILURES,
} from '../hardware-port.ts';
import { expiryOf } from './card-expiry.ts';
import { CARD, CARD_IF_READ } from './fields.ts';
import { needText, type OutsideFunction, type OutsideUse, textOf } from './function.ts';

/** An offline approval is told from one of the acquirer by its first letters. */
const OFFLINE_PREFIX = 'OFF';
const CODE_DIGITS = 8;
const AMOUNT_IF_KNOWN = { type: 'money', optional: true } satisfies Field;

const readCard: OutsideFunction = {
  spec: {
    name: 'edge.read_card',
    summary: 'Waits for a card and reads it. A tap needs the amount.',
    effect: 'external',
    input: { amount: AMOUNT_IF_KNOWN },
    output: CARD,
    failures: [...READ_FAILURES, NOT_DONE],
    canQuery: true,
  },
  call: read,
  query: (input, use) => becameOf(read(input, use)),
};

const validateCardOffline: OutsideFunction = {
  spec: {
    name: 'edge.validate_card_offline',
    summary:
      'Reads a card, unless one was read, and refuses one that has expired, is barred, or cannot prove that it is genuine.',
    effect: 'external',
    input: { ...CARD_IF_READ, amount: AMOUNT_IF_KNOWN },
    output: { ...CARD_IF_READ, card_valid: { type: 'boolean' } },
    failures: [...VALIDATION_FAILURES, NOT_DONE],
    canQuery: true,
  },
  call: readAndValidate,
  query: (input, use) => becameOf(readAndValidate(input, use)),
};

const verifyPin: OutsideFunction = {
  spec: {
    name: 'edge.verify_pin',
    summary:
      'Verifies the cardholder as the card wants it; a PIN is asked for, and the card whether it is right.',
    effect: 'external',
    input: { card_token: { type: 'string' }, amount: AMOUNT_IF_KNOWN },
    output: {
      pin_verified: { type: 'boolean' },
      cardholder_verification: { type: 'string', optional: true },
    },
    failures: [...VERIFICATION_FAILURES, NOT_DONE],
    canQuery: true,
  },
  call: verify,
  query: (input, use) => becameOf(verify(input, use)),
};

const approveOffline: OutsideFunction = {
  spec: {
    name: 'edge.approve_offline',
    summary:
      'Approves the payment here: the card that was read has to approve, and without one nobody is asked. Up to which amount is for a condition to say.',
    effect: 'external',
    input: {
      amount: { type: 'money' },
      card_token: { type: 'string', optional: true },
      entry_mode: { type: 'string', optional: true },
    },
    output: {
      approved: { type: 'boolean' },
      approval_code: { type: 'string' },
      card_payment: { type: 'json', optional: true },
    },
    failures: [...APPROVAL_FAILURES, NOT_DONE],
    canQuery: true,
  },
  call: approve,
  query: (input, use) => becameOf(approve(input, use)),
};

/** Those that an edge has. */
export const CARD_FUNCTIONS: readonly OutsideFunction[] = [
  readCard,
  validateCardOffline,
  verifyPin,
  approveOffline,
];

async function read(input: JsonObject, use: OutsideUse): Promise<DeviceAnswer<CardRead>> {
  return await use.hardware.readCard({ ...use, amount: amountOf(input) });
}

async function readAndValidate(input: JsonObject, use: OutsideUse): Promise<CallResult> {
  const isRead = textOf(input, 'card_token') !== undefined;
  const card = isRead ? ({ kind: 'ok', output: input } as const) : await read(input, use);
  if (card.kind !== 'ok') return card;
  const output = cardOf(card.output);
  const expired = expiryOf(textOf(output, 'card_expiry'), use.nowMs);
  if (expired !== undefined) return { kind: 'failed', code: 'expired_card', message: expired };
  const validated = wasReadHere(output)
    ? await use.hardware.validateCard({ ...use, amount: amountOf(input) })
    : ({ kind: 'ok' } as const);
  return validated.kind === 'ok' ? { kind: 'ok', output: { ...output, card_valid: true } } : validated;
}

async function verify(input: JsonObject, use: OutsideUse): Promise<CallResult> {
  const card_token = needText(input, 'card_token');
  return await use.hardware.verifyPin({ ...use, amount: amountOf(input), card_token });
}

async function approve(input: JsonObject, use: OutsideUse): Promise<CallResult> {
  const local = { approved: true, approval_code: codeOf(use.key) };
  if (!wasReadHere(input)) return { kind: 'ok', output: local };
  const asked = await use.hardware.approveOffline({ ...use, amount: needText(input, 'amount') });
  return asked.kind === 'ok' ? { kind: 'ok', output: { ...local, ...asked.output } } : asked;
}

/**
 * What became of a step is found out by doing it again: one that succeeded gives the same answer. Each of its failures
 * leaves everything as it was, so that a failure says as well that the step before it came to nothing.
 */
async function becameOf(again: Promise<CallResult>): Promise<CallResult> {
  const found = await again;
  return found.kind === 'failed' ? { ...found, code: NOT_DONE } : found;
}

/** Only a reader tells how a card was presented. */
function wasReadHere(card: JsonObject): boolean {
  return textOf(card, 'entry_mode') !== undefined;
}

/** What the state holds of a card, without the amount beside it. */
function cardOf(input: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.keys(CARD_IF_READ).flatMap((name) => {
      const value = textOf(input, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function amountOf(input: JsonObject): string | null {
  return textOf(input, 'amount') ?? null;
}

/** The same for every try of one step. */
function codeOf(key: string): string {
  return `${OFFLINE_PREFIX}${toHex(sha256(key)).slice(0, CODE_DIGITS).toUpperCase()}`;
}
