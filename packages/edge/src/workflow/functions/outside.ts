/** Functions that reach beyond the store: devices, the acquirer, people. */
import { type CallResult, NOT_DONE } from '@holdfast/workflow';
import { DISPENSE_FAILURES, PRINT_FAILURES } from '../hardware-port.ts';
import { CARD_FUNCTIONS } from './card.ts';
import { CARD_PAYMENT } from './fields.ts';
import { needText, type OutsideFunction, type OutsideUse, textOf } from './function.ts';

const printReceipt: OutsideFunction = {
  spec: {
    name: 'edge.print_receipt',
    summary:
      'Prints the receipt of the sale; before the sale is in the journal, a slip with the amount. What may be on paper already is printed as a copy.',
    effect: 'external',
    input: {
      amount: { type: 'money', optional: true },
      edge_transaction_id: { type: 'string', optional: true },
      approval_code: { type: 'string', optional: true },
      ...CARD_PAYMENT,
    },
    output: {},
    failures: [...PRINT_FAILURES, 'not_found', 'sale_pruned', NOT_DONE],
    canQuery: true,
  },
  async call(input, use) {
    const amount = textOf(input, 'amount') ?? null;
    const opId = textOf(input, 'edge_transaction_id') ?? null;
    const approvalCode = textOf(input, 'approval_code') ?? null;
    const { currency, instanceId } = use;
    const card = input.card_payment ?? null;
    const copy = use.doubts();
    const slip = use.slips.render({ amount, opId, currency, instanceId, card, approvalCode, copy });
    return 'bytes' in slip ? await use.hardware.print({ ...use, ...slip }) : slip;
  },
  query: (_, use) => use.hardware.findPrint(use),
};

const dispenseCash: OutsideFunction = {
  spec: {
    name: 'edge.dispense_cash',
    summary: 'Gives out cash.',
    effect: 'external',
    input: { amount: { type: 'money' } },
    output: { dispensed: { type: 'money' } },
    failures: [...DISPENSE_FAILURES, NOT_DONE],
    canQuery: true,
  },
  call: (input, use) => use.hardware.dispenseCash({ ...use, amount: needText(input, 'amount') }),
  query: (input, use) => use.hardware.findDispense({ ...use, amount: needText(input, 'amount') }),
};

const onlineAuthorization: OutsideFunction = {
  spec: {
    name: 'edge.online_authorization',
    summary: 'Asks the acquirer for the amount; a no is an answer.',
    effect: 'external',
    input: { amount: { type: 'money' }, card_token: { type: 'string', optional: true } },
    output: {
      approved: { type: 'boolean' },
      approval_code: { type: 'string' },
      response_code: { type: 'string' },
    },
    failures: ['offline', 'no_acquirer', 'acquirer_unavailable', 'card_blocked', NOT_DONE],
    canQuery: true,
  },
  async call(input, use) {
    if (!use.link.online) return OFFLINE;
    const card_token = textOf(input, 'card_token') ?? null;
    return await use.acquirer.authorise({ ...use, amount: needText(input, 'amount'), card_token });
  },
  query: (_, use) => use.acquirer.findAuthorisation(use),
};

const voidAuthorization: OutsideFunction = {
  spec: {
    name: 'edge.void_authorization',
    summary: 'Takes an authorisation back.',
    effect: 'external',
    input: { approval_code: { type: 'string', optional: true } },
    output: {},
    failures: ['offline', 'no_acquirer', 'acquirer_unavailable'],
  },
  async call(input, use) {
    // What the state holds is not of the authorisation of which nobody knows: the acquirer does.
    const given = use.undoes === null ? textOf(input, 'approval_code') : await codeOf(use.undoes, use);
    if (typeof given === 'object') return given;
    // Without a code there was no yes, and nothing to take back.
    if (given === undefined) return { kind: 'ok', output: {} };
    if (!use.link.online) return OFFLINE;
    const approval_code = given;
    return await use.acquirer.voidAuthorisation({ ...use, approval_code });
  },
};

/** The code of an authorisation, by its key; undefined when there was none, or a no; or why nobody can say. */
async function codeOf(key: string, use: OutsideUse): Promise<string | undefined | CallResult> {
  if (!use.link.online) return OFFLINE;
  const found = await use.acquirer.findAuthorisation({ ...use, key });
  if (found.kind === 'ok') return found.output.approved ? found.output.approval_code : undefined;
  return found.kind === 'failed' && found.code === NOT_DONE ? undefined : found;
}

const notify: OutsideFunction = {
  spec: {
    name: 'edge.notify',
    summary: 'Writes a line into the log of the edge.',
    effect: 'external',
    input: { message: { type: 'string', optional: true } },
    output: {},
    failures: [],
    canQuery: true,
  },
  call: async (input, use) => tell(textOf(input, 'message'), use),
  query: async (input, use) => tell(textOf(input, 'message'), use),
};

/** External functions of every edge. */
export const OUTSIDE_FUNCTIONS: readonly OutsideFunction[] = [
  ...CARD_FUNCTIONS,
  printReceipt,
  dispenseCash,
  onlineAuthorization,
  voidAuthorization,
  notify,
];

const OFFLINE: CallResult = {
  kind: 'failed',
  code: 'offline',
  message: 'The link is down: nobody can be asked.',
};

function tell(message: string | undefined, { logger, instanceId }: OutsideUse): CallResult {
  logger.info({ instance_id: instanceId, text: message ?? null }, 'a workflow tells');
  return { kind: 'ok', output: {} };
}
