/** Definitions and other texts that several suites of workflows use, and what they are checked against. */
import { readdirSync, readFileSync } from 'node:fs';
import type { DefinitionHost } from '@holdfast/workflow';
import { MODELS, PAYMENT_STATE } from './functions/fields.ts';
import { createFunctionSet } from './functions/index.ts';

/** What every edge has. */
export const HOST: DefinitionHost = {
  functions: createFunctionSet().table,
  models: MODELS,
  defaultModel: PAYMENT_STATE,
};

const FOLDER = new URL('../../../../examples/workflows/', import.meta.url);

/** The published examples. */
export const EXAMPLES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), 'utf8') }));

/** The state of most of them. */
export const STATE = 'state: { amount: money, currency: string }';

/** What they are started with. */
export const INPUT = { amount: '20.00', currency: 'SEK' };

/** Local steps alone: one commit, which takes a sale. */
export const LOCAL = `
workflow_type: Local
${STATE}
steps:
  - name: Validate_Payment
  - name: Check
    type: DECISION
    routes:
      - condition: state.amount <= 50
        target: Check_Connectivity
      - default: Decline_Offline
  - name: Check_Connectivity
  - name: Queue_For_Sync
    next: END
  - name: Decline_Offline
`;

/** Three external steps, and a sale among them. */
export const CASH = `
workflow_type: Cash
${STATE}
steps:
  - name: Read_Card
    retry: { attempts: 3, initial: 1s }
  - name: Approve_Offline
  - name: Dispense_Cash
    retry: { attempts: 3, initial: 1s }
  - name: Queue_For_Sync
  - name: Print_Receipt
    retry: { attempts: 3, initial: 1s }
`;

/** Counts the sales of a store. */
export const SALES = 'SELECT count(*) AS count FROM edge_transactions';

/** What a test does not care about in a function. */
export const SPEC = { summary: '', input: {}, output: {}, failures: [] } as const;
