/**
 * The definitions that simulated edges hold: each type of step that needs no plug-in, and one that undoes what it did.
 * Each has two shapes, which follow one another when it is replaced, and names its version in what it asks for: an
 * instance that went on by another version than the one it began with would say so.
 */

/** What workflows call; edges reach it over the network. */
export const OUTSIDE_HOST = 'outside.sim';

export const WORKFLOW_TYPES = ['Message', 'Round', 'Errand', 'Withdrawal'] as const;
export type WorkflowType = (typeof WORKFLOW_TYPES)[number];

/** Those that start no others, and are there before those that do. */
export const PLAIN_TYPES: ReadonlySet<WorkflowType> = new Set(['Message', 'Round']);

/** Every second version takes one step more. */
function takesOneMore(version: string): boolean {
  return Number(version) % 2 === 0;
}

/** The text of a definition. */
export function textOf(type: WorkflowType, version: string): string {
  return TEXTS[type](version);
}

const TEXTS: Readonly<Record<WorkflowType, (version: string) => string>> = {
  Message: (version) => `
workflow_type: Message
workflow_version: "${version}"
state: { customer_reference: string }
steps:
  - ${call('Send', version)}
`,
  Round: (version) => `
workflow_type: Round
workflow_version: "${version}"
state: { decline_reason: string }
steps:
  - name: Decline_Offline
`,
  Errand: errand,
  Withdrawal: withdrawal,
};

/** As often as it takes: what is cut off comes back. */
const RETRY = 'retry: { attempts: 100, initial: 1s, max: 15s }, timeout: 8s';

function call(name: string, version: string, more = 'method: POST, on_unknown: retry'): string {
  const body = `{ reference: "{{state.customer_reference}}", operation: ${name}, version: "${version}" }`;
  const kept = `includes: [status_code], output_key: ${name.toLowerCase()}`;
  return `{ name: ${name}, type: HTTP, url: "http://${OUTSIDE_HOST}/do", ${more}, body: ${body}, ${kept}, ${RETRY} }`;
}

function oneMore(version: string): string {
  return takesOneMore(version) ? '- { name: Look_Again, function: edge.validate_payment }' : '';
}

function errand(version: string): string {
  const item = call('Item', version).replace('operation: Item', 'operation: "Item-{{index}}"');
  return `
workflow_type: Errand
workflow_version: "${version}"
state: { customer_reference: string, amount: money, currency: string, tags: { type: list, of: string } }
steps:
  - name: Validate_Payment
  - name: Check_Amount
    type: DECISION
    routes:
      - { condition: state.amount > 50, target: Charge }
      - { default: Fan }
  - ${call('Charge', version)}
  - name: Fan
    type: PARALLEL
    branches:
      - { name: left, steps: [${call('Left', version, 'method: PUT')}, ${call('Left_Again', version)}] }
      - { name: right, steps: [${call('Right', version, 'method: POST, on_unknown: park')}, ${call('Right_Again', version)}] }
  ${oneMore(version)}
  - name: Each
    type: LOOP
    mode: ITERATE
    iterate_over: state.tags
    max_iterations: 5
    loop_body: [${item}]
  - { name: Pause, type: WAIT, for: ${takesOneMore(version) ? '9s' : '6s'} }
  - { name: Ask, type: HUMAN_IN_LOOP, fields: { agreed: boolean } }
  - { name: Slip, function: edge.print_receipt, ${RETRY} }
  - name: Sub
    type: SUB_WORKFLOW
    workflow_type: Message
    initial_data_template: { customer_reference: "{{state.customer_reference}}/sub" }
  - name: Tell
    type: FIRE_AND_FORGET
    workflow_type: Message
    initial_data_template: { customer_reference: "{{state.customer_reference}}/tell" }
  - name: Every_Minute
    type: CRON_SCHEDULE
    cron: "* * * * *"
    workflow_type: Round
    input: { decline_reason: "'the clock'" }
  - name: Queue_For_Sync
`;
}

function withdrawal(version: string): string {
  const undo = 'compensate: { function: edge.print_receipt, retry: { attempts: 100, max: 15s } }';
  return `
workflow_type: Withdrawal
workflow_version: "${version}"
state: { customer_reference: string, amount: money, currency: string, is_spoilt: boolean }
steps:
  ${oneMore(version)}
  - ${call('Reserve', version).replace(/ }$/, `, ${undo} }`)}
  - { name: Dispense_Cash, ${undo}, ${RETRY} }
  - { name: Update_Ledger, compensate: edge.decline_offline }
  - name: Check
    type: DECISION
    routes:
      - { condition: state.is_spoilt, target: Fail }
      - { default: END }
  - { name: Fail, function: edge.check_balance }
`;
}
