/** The workflows that are measured, and what they are started with. */
import type { JsonObject } from '@holdfast/workflow';

export const STEPS = 5;

/** Five calls beyond the store: the intent of each and its result are on the disk before the next one is made. */
export const COMMIT_PER_STEP = 'commit-per-step';
/** Five steps within the store: they share one commit. */
export const FUSED = 'fused';

export type WorkflowName = typeof COMMIT_PER_STEP | typeof FUSED;

/** The text of a definition, the name it is started by, and its input. */
export type Measured = { text: string; workflowType: string; input: JsonObject };

export const MEASURED: Readonly<Record<WorkflowName, Measured>> = {
  [COMMIT_PER_STEP]: {
    text: `
workflow_type: CommitPerStep
state: { card_token: string }
steps:
${Array.from({ length: STEPS }, (_, index) => `  - { name: Verify_${index + 1}, function: edge.verify_pin }`).join('\n')}
`,
    workflowType: 'CommitPerStep',
    input: { card_token: 'tok-1' },
  },
  [FUSED]: {
    text: `
workflow_type: Fused
state: { amount: money, currency: string, balance: money }
steps:
  - name: Validate_Payment
  - name: Check_Connectivity
  - name: Approve_Offline
  - name: Update_Ledger
  - name: Update_Delivery_Status
`,
    workflowType: 'Fused',
    input: { amount: '20.00', currency: 'SEK', balance: '100.00' },
  },
};
