import { describe, expect, it } from 'vitest';
import { compileDefinition } from './compile.ts';
import { loadDefinition } from './load.ts';
import { HEAD, problemsOf, programOf, testingHost } from './testing-host.ts';

const host = testingHost();

it('names a definition by what it says, not by how it is written', () => {
  const plain = programOf('workflow_type: A\nsteps:\n- name: Bake_Baguette\n');
  const other = programOf('# A receipt\nsteps: [{type: STANDARD, name: "Bake_Baguette"}]\nworkflow_type: A');
  expect(other.hash).toBe(plain.hash);
  expect(programOf('workflow_type: B\nsteps:\n- name: Bake_Baguette\n').hash).not.toBe(plain.hash);
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
    ['of automate_next: false', '- {name: Bake_Baguette, automate_next: false}', ['4:25 ignored_key']],
    [
      'when the last tries are never made',
      '- {name: Bake_Baguette, timeout: 10s, retry: 5, deadline: 30s}',
      ['4:59 deadline_too_short'],
    ],
    [
      'of a code that is nearly one',
      '- {name: Bake_Baguette, retry: {retry_on: [oven_cod]}}',
      ['4:44 unknown_code'],
    ],
    [
      'when two items must conflict',
      '- {name: P, type: PARALLEL, iterate_over: items, task_function: edge.bake_baguette}',
      ['4:3 merge_conflict'],
    ],
    [
      'not where branches for items write nothing',
      '- {name: P, type: PARALLEL, iterate_over: items, steps: [{name: W, type: WAIT, for: 1s}]}',
      [],
    ],
  ])('%s', (_, step, problems) => {
    const loaded = loadDefinition(`${HEAD}${step}\n- {name: Last, function: edge.lay_in_baskets}\n`, host);
    expect(loaded.ok).toBe(true);
    expect(loaded.problems.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual(problems);
  });

  it('when all tries together take longer than the deadline of the workflow', () => {
    const text = (deadline: string) =>
      `workflow_type: T\ndeadline: ${deadline}\nsteps:\n- {name: W, type: WAIT, for: 5m}\n- {name: H, type: HUMAN_IN_LOOP, timeout: 6m}\n`;
    expect(problemsOf(text('10m'))).toEqual(['2:11 deadline_too_short']);
    expect(problemsOf(text('11m'))).toEqual([]);
  });

  it('when a secret is not there, if the host says which are', () => {
    const text = `${HEAD}- {name: H, type: HTTP, url: "https://a.example/{{secrets.KEY}}", headers: {A: "{{secrets.TOKEN}}"}}\n`;
    const loaded = loadDefinition(text, { ...host, hasSecret: (name) => name === 'KEY' });
    expect(loaded).toMatchObject({ ok: true, problems: [{ code: 'unknown_secret', line: 4, column: 83 }] });
    expect(problemsOf(text)).toEqual([]);
  });

  it('when compensations are declared and switched off', () => {
    const text = `workflow_type: T\nsaga_enabled: false\nsteps:\n- {name: Bake_Baguette, compensate: edge.measure_dough}\n`;
    expect(problemsOf(text)).toEqual(['4:37 ignored_key']);
  });
});
