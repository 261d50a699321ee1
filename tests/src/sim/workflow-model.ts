/**
 * What a workflow must come to, reckoned from its definition's page and not from the product: its end, its state, and
 * every effect with the key under which it is asked for. The key of a call follows from the instance and the place of
 * the step alone, that of a call which undoes another from the key of that one.
 */
import { sha256 } from './own-reckoning.ts';
import type { WorkflowType } from './workflow-texts.ts';

/** An instance as a store holds it. */
export type HeldInstance = {
  /** With hyphens. */
  id: string;
  type: WorkflowType;
  businessKey: string | null;
  status: string;
  version: string;
  state: WorkflowState;
};

export type WorkflowState = {
  customer_reference?: string;
  amount?: string;
  currency?: string;
  tags?: string[];
  is_spoilt?: boolean;
  [name: string]: unknown;
};

/** `where` it happens: at the server outside, at a device of the machine, or in the journal. */
export type Effect = { key: string; where: 'outside' | 'cash' | 'print' | 'sale'; what: string };

export type Expected = {
  status: 'completed' | 'compensated';
  /** In the order of the steps; those that undo are the last. */
  effects: Effect[];
  /** Fields that the end must have with these values. */
  state: Record<string, unknown>;
};

const ANSWER = { status_code: 200 };
/** An errand up to this amount is not charged. */
const FREE_MINOR = 5_000;

export function expectedOf(instance: HeldInstance): Expected {
  switch (instance.type) {
    case 'Message':
      return message(instance);
    case 'Round':
      return { status: 'completed', effects: [], state: { approved: false, decline_reason: 'the clock' } };
    case 'Errand':
      return errand(instance);
    case 'Withdrawal':
      return withdrawal(instance);
  }
}

/** Notes the effects of an instance. */
function effectsOf({ id }: HeldInstance) {
  const effects: Effect[] = [];
  const take = (where: Effect['where'], what: string, place: string): string => {
    const key = keyOf(id, place);
    effects.push({ key, where, what });
    return key;
  };
  return { effects, take };
}

function message(instance: HeldInstance): Expected {
  const { take, effects } = effectsOf(instance);
  take('outside', 'Send', 'Send ');
  const { customer_reference } = instance.state;
  return { status: 'completed', effects, state: { customer_reference, send: ANSWER } };
}

function errand(instance: HeldInstance): Expected {
  const { take, effects } = effectsOf(instance);
  const { customer_reference, tags = [], amount = '' } = instance.state;
  const isCharged = Number(amount.replace('.', '')) > FREE_MINOR;
  if (isCharged) take('outside', 'Charge', 'Charge ');
  for (const name of ['Left', 'Left_Again']) take('outside', name, `Fan/left/${name} `);
  for (const name of ['Right', 'Right_Again']) take('outside', name, `Fan/right/${name} `);
  for (const index of tags.keys()) take('outside', `Item-${index}`, `Each/Item ${index}`);
  take('print', 'slip', 'Slip ');
  const sale = take('sale', amount, 'Queue_For_Sync ');
  const state = {
    ...{ payment_valid: true, left: ANSWER, left_again: ANSWER, right: ANSWER, right_again: ANSWER },
    ...(isCharged && { charge: ANSWER }),
    ...(tags.length > 0 && { item: ANSWER }),
    ...{ agreed: true, sub: { customer_reference: `${customer_reference}/sub`, send: ANSWER } },
    ...{ edge_transaction_id: sale, payment_status: 'queued_for_sync' },
  };
  return { status: 'completed', effects, state };
}

function withdrawal(instance: HeldInstance): Expected {
  const { take, effects } = effectsOf(instance);
  const { is_spoilt = false, amount = '' } = instance.state;
  const reserved = take('outside', 'Reserve', 'Reserve ');
  const dispensed = take('cash', amount, 'Dispense_Cash ');
  const state = { reserve: ANSWER, dispensed: amount };
  if (!is_spoilt) return { status: 'completed', effects, state };
  effects.push(
    { key: undoKeyOf(dispensed), where: 'print', what: 'undoes Dispense_Cash' },
    { key: undoKeyOf(reserved), where: 'print', what: 'undoes Reserve' },
  );
  return { status: 'compensated', effects, state };
}

/** A UUIDv8 over the instance and the place of the step, with the rounds that it is in. */
function keyOf(instanceId: string, place: string): string {
  return uuidOf(`holdfast-workflow-call-v1\n${instanceId}\n${place}`);
}

/** The same over the call that is undone. */
function undoKeyOf(key: string): string {
  return uuidOf(`holdfast-workflow-undo-v1\n${key}`);
}

function uuidOf(text: string): string {
  const bytes = sha256(text).subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return hyphened(bytes.toString('hex'));
}

/** The hyphens of a UUID. */
export function hyphened(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
