/** Definitions as short as they can be, by the functions of the edge. */
import { loadDefinition } from '@holdfast/workflow';
import { describe, expect, it } from 'vitest';
import { HOST } from './testing-definitions.ts';

describe('the short form', () => {
  it('is refused where a target is missing: line, column and name', () => {
    const text = `workflow_type: "PaymentProcessing"
steps:
  - name: "Validate_Card"
    type: "STANDARD"
    function: "edge.validate_card_offline"
  - name: "Check_Amount"
    type: "DECISION"
    routes:
      - condition: "state.amount <= 50"
        target: "Approve_Offline" # Fast path
      - condition: "state.amount > 50"
        target: "Queue_For_Cloud_Auth" # Defer to cloud
`;
    const errors = loadDefinition(text, HOST).problems.filter(({ severity }) => severity === 'error');
    expect(errors).toEqual([
      {
        severity: 'error',
        code: 'unknown_target',
        message: 'There is no step called "Approve_Offline": add it, or write END.',
        line: 10,
        column: 17,
      },
      {
        severity: 'error',
        code: 'unknown_target',
        message: 'There is no step called "Queue_For_Cloud_Auth": add it, or write END.',
        line: 12,
        column: 17,
      },
    ]);
    const completed = `${text}  - name: Approve_Offline\n    next: END\n  - name: Queue_For_Cloud_Auth\n`;
    expect(loadDefinition(completed, HOST)).toMatchObject({
      ok: true,
      problems: [{ code: 'no_default', line: 9, column: 7 }],
    });
  });

  it('runs the function that is called like the step', () => {
    const loaded = loadDefinition(
      `workflow_type: "DeliveryPayment"
steps:
- name: "Validate_Card"
- name: "Approve_Offline" # Always offline (< $100)
- name: "Update_Delivery_Status"
- name: "Queue_For_Sync"
`,
      HOST,
    );
    const steps = loaded.ok ? loaded.program.definition.steps : [];
    expect(
      steps.map((step) => [step.type, step.name, 'function' in step && step.function, step.next]),
    ).toEqual([
      ['STANDARD', 'Validate_Card', 'edge.validate_card', 'Approve_Offline'],
      ['STANDARD', 'Approve_Offline', 'edge.approve_offline', 'Update_Delivery_Status'],
      ['STANDARD', 'Update_Delivery_Status', 'edge.update_delivery_status', 'Queue_For_Sync'],
      ['STANDARD', 'Queue_For_Sync', 'edge.queue_for_sync', 'END'],
    ]);
  });
});
