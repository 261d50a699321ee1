/** An instance is looked at when its time has come, and not again and again while there is nothing to be done. */
import { afterEach, describe, expect, test } from 'vitest';
import type { CallResult } from './instance.ts';
import type { TestWorld } from './testing-world.ts';
import { openYaml, outside } from './testing-yaml.ts';

let world: TestWorld | undefined;
afterEach(async () => await world?.close());

/** The commits that a workflow takes in so many seconds. */
async function commitsOf(
  steps: string,
  seconds: number,
  act?: (id: string, opened: TestWorld) => Promise<unknown>,
) {
  let commits = 0;
  const opened = openYaml([`workflow_type: W\nstate: {}\nsteps:\n${steps}`], {
    functions: [outside('x.hang')],
    call: () => new Promise<CallResult>(() => undefined),
    beforeCommit: (count) => {
      commits = count;
    },
  });
  world = opened;
  const id = await opened.start('W');
  await act?.(id, opened);
  for (let second = 0; second < seconds; second += 1) await opened.pass(1_000);
  return { commits, instance: opened.get(id) };
}

describe('nothing is done again and again', () => {
  test('while branches that are late wait for a call', async () => {
    const { commits } = await commitsOf(
      `  - name: Fan
    type: PARALLEL
    deadline: 2s
    branches:
      - { name: a, steps: [{ name: Hang, function: x.hang, timeout: none }] }
      - { name: b, steps: [{ name: Long, type: WAIT, for: 1d }] }
`,
      10,
    );
    expect(commits).toBeLessThan(10);
  });

  test('by a wait of a branch that has failed', async () => {
    const { commits, instance } = await commitsOf(
      `  - name: Outer
    type: PARALLEL
    allow_partial_success: true
    branches:
      - name: a
        steps:
          - name: Inner
            type: PARALLEL
            deadline: 1s
            branches:
              - { name: c, steps: [{ name: Short, type: WAIT, for: 5s }] }
              - { name: d, steps: [{ name: Long, type: WAIT, for: 1d }] }
      - { name: b, steps: [{ name: Ask, type: HUMAN_IN_LOOP }] }
`,
      10,
    );
    expect(commits).toBeLessThan(10);
    expect(instance.status).toBe('waiting');
  });

  test('by a wait beside a call that is called off', async () => {
    const { commits } = await commitsOf(
      `  - name: Fan
    type: PARALLEL
    branches:
      - { name: a, steps: [{ name: Hang, function: x.hang, timeout: none }] }
      - { name: b, steps: [{ name: Short, type: WAIT, for: 2s }] }
`,
      10,
      (instance_id, opened) =>
        opened.order({ kind: 'event', instance_id, event: { kind: 'cancel', by: null, reason: 'enough' } }),
    );
    expect(commits).toBeLessThan(10);
  });
});

describe('a signal', () => {
  test('goes to the step that can still be answered', async () => {
    const opened = openYaml(
      [
        `workflow_type: W
state: {}
steps:
  - name: Outer
    type: PARALLEL
    allow_partial_success: true
    branches:
      - name: a
        steps:
          - name: Inner
            type: PARALLEL
            deadline: 1s
            branches:
              - { name: c, steps: [{ name: AskFirst, type: HUMAN_IN_LOOP, signal: go }] }
              - { name: d, steps: [{ name: Long, type: WAIT, for: 1d }] }
      - { name: b, steps: [{ name: Then, type: WAIT, for: 5s }, { name: Ask, type: HUMAN_IN_LOOP, signal: go }] }
`,
      ],
      { functions: [], call: () => ({ kind: 'ok', output: {} }) },
    );
    world = opened;
    const instance_id = await opened.start('W');
    await opened.pass(3_000);
    await opened.pass(5_000);
    const signal = { kind: 'signal', signal: 'go', payload: {}, by: null, roles: null } as const;
    await opened.order({ kind: 'event', instance_id, event: signal });
    expect(opened.get(instance_id).status).toBe('completed');
  });
});

test('what fell due is not forgotten for something that changes nothing', async () => {
  const opened = openYaml(
    ['workflow_type: W\nstate: {}\nsteps:\n  - { name: Pause, type: WAIT, for: 5s }\n'],
    {
      functions: [],
      call: () => ({ kind: 'ok', output: {} }),
    },
  );
  world = opened;
  const instance_id = await opened.start('W');
  // As if the process had been busy: the time has come, and nobody has looked.
  opened.ports.jumpWallClock(10_000);
  await opened.order({ kind: 'event', instance_id, event: { kind: 'resume', by: null } });
  await opened.pass(5_000);
  expect(opened.get(instance_id).status).toBe('completed');
});

describe('a deadline of rounds', () => {
  test('ends a loop that takes longer', async () => {
    const { instance } = await commitsOf(
      `  - name: Again
    type: LOOP
    while_condition: "true"
    max_iterations: 100
    deadline: 3s
    loop_body:
      - { name: Pause, type: WAIT, for: 1m }
`,
      10,
    );
    expect(instance).toMatchObject({ status: 'failed', error: { code: 'timed_out', step: 'Again' } });
  });

  test('of another workflow calls that off', async () => {
    const opened = openYaml(
      [
        'workflow_type: W\nstate: {}\nsteps:\n  - { name: Sub, type: SUB_WORKFLOW, workflow_type: Child, timeout: 3s }\n',
        'workflow_type: Child\nstate: {}\nsteps:\n  - { name: Ask, type: HUMAN_IN_LOOP }\n',
      ],
      { functions: [], call: () => ({ kind: 'ok', output: {} }) },
    );
    world = opened;
    const id = await opened.start('W');
    for (let second = 0; second < 10; second += 1) await opened.pass(1_000);
    expect(opened.get(id)).toMatchObject({ status: 'failed' });
    expect([...opened.memory.rows.keys()].map((each) => opened.get(each).status).sort()).toEqual([
      'cancelled',
      'failed',
    ]);
  });
});
