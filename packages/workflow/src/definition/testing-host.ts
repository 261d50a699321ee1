/** A host for tests: the functions of a store at its counter, as far as definitions look at them; and short ways to load. */
import type { Effect, FunctionSpec } from '../functions.ts';
import type { Fields } from '../types.ts';
import type { DefinitionHost } from './host.ts';
import { loadDefinition } from './load.ts';
import type { Step } from './model.ts';
import type { Program } from './program.ts';

/** What a sale at the counter is started with. */
const SALE: Fields = {
  amount: { type: 'money' },
  currency: { type: 'string' },
  country: { type: 'string', optional: true },
  card_token: { type: 'string', optional: true },
  pin_block: { type: 'string', optional: true },
  order_id: { type: 'string', optional: true },
  note: { type: 'string', optional: true },
};

const CARD: Fields = {
  card_token: { type: 'string' },
  entry_mode: { type: 'string', values: ['chip', 'contactless', 'stripe'] },
};
const AMOUNT: Fields = { amount: { type: 'money' } };
const VERDICT: Fields = { approved: { type: 'boolean' }, reason: { type: 'string', optional: true } };
const APPROVAL: Fields = { ...VERDICT, approval_code: { type: 'string', optional: true } };
const TAKEN: Fields = { ...AMOUNT, card_token: { type: 'string' } };

type Row = [
  name: string,
  effect: Effect,
  input: Fields,
  output: Fields,
  failures?: readonly string[],
  canQuery?: boolean,
];

const ROWS: readonly Row[] = [
  ['read_card', 'external', {}, CARD, ['no_card', 'card_removed', 'reader_unavailable']],
  ['validate_card', 'pure', { card_token: { type: 'string' } }, { card_valid: { type: 'boolean' } }],
  ['validate_card_offline', 'pure', { card_token: { type: 'string' } }, { card_valid: { type: 'boolean' } }],
  ['validate_payment', 'pure', AMOUNT, { payment_valid: { type: 'boolean' } }, ['invalid_payment']],
  ['check_connectivity', 'pure', {}, { online: { type: 'boolean' } }],
  [
    'verify_pin',
    'external',
    { card_token: { type: 'string' } },
    { pin_verified: { type: 'boolean' } },
    ['wrong_pin'],
  ],
  ['approve_offline', 'local', TAKEN, APPROVAL, ['limit_reached']],
  ['decline_offline', 'local', AMOUNT, VERDICT],
  ['queue_for_auth', 'local', TAKEN, { queued: { type: 'boolean' } }],
  ['queue_for_cloud_auth', 'local', TAKEN, { queued: { type: 'boolean' } }],
  ['queue_for_sync', 'local', AMOUNT, { transaction_id: { type: 'string' } }],
  [
    'print_receipt',
    'external',
    AMOUNT,
    { receipt_number: { type: 'string' } },
    ['paper_out', 'printer_unavailable'],
    true,
  ],
  [
    'update_delivery_status',
    'local',
    { order_id: { type: 'string' } },
    { delivery_status: { type: 'string' } },
  ],
  ['check_balance', 'pure', AMOUNT, { balance_covers: { type: 'boolean' } }],
  ['dispense_cash', 'external', AMOUNT, { dispensed: { type: 'money' } }, ['cash_out', 'jammed'], true],
  ['update_ledger', 'local', AMOUNT, { entry_id: { type: 'string' } }],
  ['online_authorization', 'external', TAKEN, APPROVAL, ['acquirer_unavailable', 'card_blocked'], true],
  [
    'void_authorization',
    'external',
    { approval_code: { type: 'string' } },
    { voided: { type: 'boolean' } },
    ['acquirer_unavailable'],
    true,
  ],
  ['complete_transaction', 'local', AMOUNT, { transaction_id: { type: 'string' } }],
  ['notify', 'external', { message: { type: 'string' } }, { notified: { type: 'boolean' } }, ['unavailable']],
];

/** A host with these functions and the fields of a sale. */
export function testingHost(): DefinitionHost {
  return {
    functions: new Map(ROWS.map((row) => [`edge.${row[0]}`, specOf(row)])),
    models: new Map([['PaymentState', { ...SALE, card_token: { type: 'string' } } satisfies Fields]]),
    defaultModel: SALE,
  };
}

function specOf([name, effect, input, output, failures = [], canQuery = false]: Row): FunctionSpec {
  const spec = { name: `edge.${name}`, summary: name.replaceAll('_', ' '), effect, input, output, failures };
  return canQuery ? { ...spec, canQuery } : spec;
}

/** The lines above the steps of a definition with some fields; the first step is in line 4. */
export const HEAD =
  'workflow_type: T\nstate: {amount: money, items: {type: list, of: string}, note: string?, at: timestamp?}\nsteps:\n';

/** What is wrong with a definition, as `line:column code`. */
export function problemsOf(text: string): string[] {
  return loadDefinition(text, testingHost()).problems.map(
    ({ line, column, code }) => `${line}:${column} ${code}`,
  );
}

/** The program of a definition; throws what is wrong with it. */
export function programOf(text: string): Program {
  const loaded = loadDefinition(text, testingHost());
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.program;
}

/** The steps of a definition. */
export function stepsOf(text: string): readonly Step[] {
  return programOf(text).definition.steps;
}
