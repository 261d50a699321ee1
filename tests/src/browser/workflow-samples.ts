/** Definitions that put workflows into every state the page of workflows shows, and the workflows themselves. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestEdge, until } from '../system/constellation.ts';

const STATE = 'state: { amount: money, currency: string }';

const DEFINITIONS = {
  coffee: `workflow_type: CoffeePurchase
workflow_version: "1.2.0"
description: A coffee below the floor limit
${STATE}
steps:
  - name: Check_Floor_Limit
    type: DECISION
    routes:
      - condition: "state.amount <= 50"
        target: Approve_Offline
      - default: Decline_Offline
  - name: Approve_Offline
  - name: Queue_For_Sync
    next: END
  - name: Decline_Offline
`,
  check: `workflow_type: RestaurantCheck
workflow_version: "1.0.0"
description: A check at the table, with a discount that a manager agrees to
state: { amount: money, currency: string, discount: money, table: string }
steps:
  - name: Approve_Offline
  - name: Manager_Approval
    type: HUMAN_IN_LOOP
    role: manager
    prompt: "Table {{state.table}}: a discount of {{state.discount}}. Agreed?"
    fields: { agreed: boolean, note: string? }
    timeout: 15m
    on_timeout: Decline_Offline
  - name: Queue_For_Sync
    next: END
  - name: Decline_Offline
`,
  receipt: `workflow_type: PrintReceipt
workflow_version: "2.1"
${STATE}
steps:
  - name: Approve_Offline
  - name: Print_Receipt
    retry: { attempts: 3, initial: 100ms, jitter: 0 }
  - name: Queue_For_Sync
`,
  pickup: `workflow_type: Pickup
${STATE}
steps:
  - { name: Wait_For_Pickup, type: WAIT, for: 2h }
  - name: Queue_For_Sync
`,
  night: `workflow_type: Night
${STATE}
steps:
  - name: Every_Night
    type: CRON_SCHEDULE
    cron: "0 3 * * *"
    time_zone: Europe/Stockholm
    workflow_type: CoffeePurchase
    input: { amount: state.amount, currency: state.currency }
`,
};

/** Nothing answers at `host`: nobody knows what becomes of its call. */
const rateOf = (host: string) => `workflow_type: ExchangeRate
${STATE}
steps:
  - name: Ask_Rate
    type: HTTP
    method: POST
    url: "http://${host}/{{state.currency}}"
    on_unknown: park
    timeout: 300ms
  - name: Queue_For_Sync
`;

const INPUT = { amount: '42.00', currency: 'SEK' };

/** Drops the definitions into the folder of the edge, with one that is refused, and waits until they are loaded. */
export async function dropDefinitions(
  edge: TestEdge,
  { folder, host }: { folder: string; host: string },
): Promise<void> {
  const texts = Object.entries({ ...DEFINITIONS, rate: rateOf(host) });
  for (const [name, text] of texts) writeFileSync(join(folder, `${name}.yaml`), text);
  writeFileSync(join(folder, 'bad.yaml'), 'workflow_type: Bad\nsteps:\n  - name: Approve_Ofline\n');
  await until('the definitions are loaded', async () => {
    const { definitions, files } = await edge.client.workflows.definitions();
    return definitions.length === texts.length && files.length === 1;
  });
}

/** Starts a check at a table, which waits for a manager. */
export async function startCheck(edge: TestEdge, key: string, table = '4'): Promise<string> {
  const input = { ...INPUT, discount: '25.00', table };
  const order = { workflow_type: 'RestaurantCheck', input, key, waitSeconds: 10 };
  return (await edge.client.workflows.start(order)).instance_id;
}

/** Starts one that fails at the printer, which is not there. */
export async function startFailing(edge: TestEdge, key: string): Promise<string> {
  const order = { workflow_type: 'PrintReceipt', input: INPUT, key, waitSeconds: 20 };
  return (await edge.client.workflows.start(order)).instance_id;
}

/** Starts one of each kind. */
export async function startSamples(edge: TestEdge): Promise<void> {
  const { workflows } = edge.client;
  for (const [workflow_type, key] of [
    ['CoffeePurchase', 'order-1040'],
    ['CoffeePurchase', 'order-1041'],
    ['Night', 'nightly-1'],
    ['Pickup', 'pickup-7'],
    ['ExchangeRate', 'rate-3'],
  ] as const)
    await workflows.start({ workflow_type, input: INPUT, key, waitSeconds: 5 });
  await startFailing(edge, 'order-1042');
  await startCheck(edge, 'table-12', '12');
  const paused = await workflows.start({ workflow_type: 'Pickup', input: INPUT, key: 'pickup-8' });
  await workflows.pause(paused.instance_id);
  const cancelled = await workflows.start({ workflow_type: 'Pickup', input: INPUT, key: 'pickup-6' });
  await workflows.cancel(cancelled.instance_id, 'The guest has left.');
}
