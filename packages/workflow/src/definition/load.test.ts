import { must } from '@holdfast/base';
import { canonicalJson } from '@holdfast/crypto';
import { describe, expect, it } from 'vitest';
import { compileDefinition } from './compile.ts';
import { loadDefinition } from './load.ts';
import type { Definition, Step } from './model.ts';
import { exampleTexts } from './testing-examples.ts';
import { HEAD, problemsOf, programOf, stepsOf, testingHost } from './testing-host.ts';

const host = testingHost();

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
    const errors = loadDefinition(text, host).problems.filter(({ severity }) => severity === 'error');
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
    expect(problemsOf(completed)).toEqual(['9:7 no_default']);
  });

  it('runs the function that is called like the step', () => {
    const steps = stepsOf(`workflow_type: "DeliveryPayment"
steps:
- name: "Validate_Card"
- name: "Approve_Offline" # Always offline (< $100)
- name: "Update_Delivery_Status"
- name: "Queue_For_Sync"
`);
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

describe('the examples', () => {
  it.each(exampleTexts())('$name loads without a warning', ({ text }) => {
    expect(
      text.startsWith('# yaml-language-server: $schema=../../docs/reference/workflow.schema.json\n'),
    ).toBe(true);
    expect(loadDefinition(text, host)).toMatchObject({ ok: true, problems: [] });
  });

  it.each(exampleTexts())('$name compiles again from what is kept of it', ({ text }) => {
    const program = programOf(text);
    const kept: Definition = JSON.parse(canonicalJson(program.definition));
    const again = compileDefinition(kept);
    expect(again.hash).toBe(program.hash);
    expect([...again.blocks.keys()]).toEqual([...program.blocks.keys()]);
    expect([...again.expressions.keys()].sort()).toEqual([...program.expressions.keys()].sort());
    expect([...again.templates.keys()].sort()).toEqual([...program.templates.keys()].sort());
  });

  it('of all types has one of each', () => {
    const { text } = must(
      exampleTexts().find(({ name }) => name === 'all-types.yaml'),
      'it is there',
    );
    const all: Step['type'][] = [
      'STANDARD',
      'DECISION',
      'HTTP',
      'PARALLEL',
      'LOOP',
      'WAIT',
      'HUMAN_IN_LOOP',
      'SUB_WORKFLOW',
      'FIRE_AND_FORGET',
      'CRON_SCHEDULE',
      'AI_INFERENCE',
      'WASM',
    ];
    const types = new Set(stepsOf(text).map(({ type }) => type));
    expect([...types].sort()).toEqual(all.sort());
  });
});

it('names a definition by what it says, not by how it is written', () => {
  const plain = programOf('workflow_type: A\nsteps:\n- name: Print_Receipt\n');
  const other = programOf('# A receipt\nsteps: [{type: STANDARD, name: "Print_Receipt"}]\nworkflow_type: A');
  expect(other.hash).toBe(plain.hash);
  expect(programOf('workflow_type: B\nsteps:\n- name: Print_Receipt\n').hash).not.toBe(plain.hash);
});

it('does not compile a definition whose expressions are wrong', () => {
  const { definition } = programOf(
    'workflow_type: A\nsteps:\n- {name: D, type: DECISION, routes: [{default: END}]}\n',
  );
  const [step] = definition.steps;
  if (step?.type !== 'DECISION') throw new Error('it is a decision');
  const broken = {
    ...definition,
    steps: [{ ...step, routes: [{ condition: 'state.nothing', target: 'END' }] }],
  };
  expect(() => compileDefinition(broken)).toThrow('A, step D: ');
});

describe('warns', () => {
  it.each([
    [
      'when no route may hold',
      '- {name: D, type: DECISION, routes: [{condition: "state.amount > 1", target: Last}]}',
      ['4:37 no_default'],
    ],
    ['of automate_next: false', '- {name: Print_Receipt, automate_next: false}', ['4:25 ignored_key']],
    [
      'when the last tries are never made',
      '- {name: Print_Receipt, timeout: 10s, retry: 5, deadline: 30s}',
      ['4:59 deadline_too_short'],
    ],
    [
      'of a code that is nearly one',
      '- {name: Print_Receipt, retry: {retry_on: [paper_ot]}}',
      ['4:44 unknown_code'],
    ],
    [
      'when two items must conflict',
      '- {name: P, type: PARALLEL, iterate_over: items, task_function: edge.print_receipt}',
      ['4:3 merge_conflict'],
    ],
  ])('%s', (_, step, problems) => {
    const loaded = loadDefinition(`${HEAD}${step}\n- {name: Last, function: edge.queue_for_sync}\n`, host);
    expect(loaded.ok).toBe(true);
    expect(loaded.problems.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual(problems);
  });

  it('when all tries together take longer than the deadline of the workflow', () => {
    const text = (deadline: string) =>
      `workflow_type: T\ndeadline: ${deadline}\nsteps:\n- {name: W, type: WAIT, for: 5m}\n- {name: H, type: HUMAN_IN_LOOP, timeout: 6m}\n`;
    expect(problemsOf(text('10m'))).toEqual(['2:11 deadline_too_short']);
    expect(problemsOf(text('11m'))).toEqual([]);
  });

  it('when compensations are declared and switched off', () => {
    const text = `workflow_type: T\nsaga_enabled: false\nsteps:\n- {name: Print_Receipt, compensate: edge.check_balance}\n`;
    expect(problemsOf(text)).toEqual(['4:37 ignored_key']);
  });
});
