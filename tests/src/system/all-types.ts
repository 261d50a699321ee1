/**
 * A workflow with one step of every type, and one that is undone inside it. Where a model and a module would be needed
 * there are none, and the steps say what holds then.
 */

/** The type of it. */
export const ALL_TYPES = 'Everything';

/** The texts of it and of what it starts, by file name; `server` is what it calls. */
export function allTypes(server: string): Record<string, string> {
  const call: Call = (name, more) => callTo(server, name, more);
  return {
    'message.yaml': `
workflow_type: Message
state: { customer_reference: string }
steps:
  - ${call('send', 'output_key: sent')}
`,
    'refund.yaml': `
workflow_type: Refund
state: { amount: money, currency: string }
steps:
  - { name: Dispense_Cash, compensate: edge.print_receipt, ${RETRY} }
  - { name: Update_Ledger, compensate: edge.decline_offline }
  - { name: Check_Balance }
`,
    'everything.yaml': everything(call),
  };
}

/** A step that calls the server. */
type Call = (name: string, more: string) => string;

function callTo(server: string, name: string, more: string): string {
  const body = '{ of: "{{state.customer_reference}}" }';
  return `{ name: ${name}, type: HTTP, url: "${server}/${name}", method: POST, on_unknown: retry, body: ${body}, includes: [body], ${RETRY}, ${more} }`;
}

function everything(call: Call): string {
  return `
workflow_type: ${ALL_TYPES}
state:
  customer_reference: string
  amount: money
  currency: string
  tags: { type: list, of: string }
steps:
  - name: Validate_Payment
  - name: Check_Amount
    type: DECISION
    routes:
      - { condition: state.amount > 50, target: Charge }
      - { default: END }
  - ${call('Charge', 'output_key: charge')}
  - name: Fan
    type: PARALLEL
    branches:
      - { name: paper, steps: [{ name: Print_Receipt, ${RETRY} }] }
      - { name: wire, steps: [${call('Wire', 'output_key: wire')}] }
  - name: Each
    type: LOOP
    iterate_over: state.tags
    max_iterations: 5
    loop_body: [${call('Item', 'output_key: item')}]
  - { name: Pause, type: WAIT, for: 20ms }
  - { name: Ask, type: HUMAN_IN_LOOP, fields: { agreed: boolean } }
  - name: Sub
    type: SUB_WORKFLOW
    workflow_type: Message
    initial_data_template: { customer_reference: "{{state.customer_reference}}/sub" }
  - name: Refund
    type: SUB_WORKFLOW
    workflow_type: Refund
    input: { amount: state.amount, currency: state.currency }
    on_failure: Tell
    next: END
  - name: Tell
    type: FIRE_AND_FORGET
    workflow_type: Message
    initial_data_template: { customer_reference: "{{state.customer_reference}}/tell" }
  - name: Every_Year
    type: CRON_SCHEDULE
    cron: "0 0 1 1 *"
    workflow_type: Message
    input: { customer_reference: "'the clock'" }
  - name: Score
    type: AI_INFERENCE
    model_name: none
    input_source: "[1.0, 2.0]"
    output_key: score
    fallback_on_error: default
    default_result: { score: 1 }
  - name: Rate
    type: WASM
    wasm_hash: "${'0'.repeat(64)}"
    fallback_on_error: skip
  - name: Queue_For_Sync
`;
}

const RETRY = 'retry: { attempts: 5, initial: 20ms, max: 20ms }';
