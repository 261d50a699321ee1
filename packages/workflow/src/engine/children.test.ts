/** Workflows that others start: what becomes of the one that waits, whatever becomes of the other. */
import { afterEach, expect, test } from 'vitest';
import type { TestWorld } from './testing-world.ts';
import { openYaml, outside } from './testing-yaml.ts';

let world: TestWorld | undefined;
afterEach(async () => await world?.close());

const PARENT = (sub: string) =>
  `workflow_type: Parent\nstate: {}\nsteps:\n  - { name: Sub, type: SUB_WORKFLOW, workflow_type: Child, output_key: got, ${sub} }\n`;
const CHILD = `workflow_type: Child
state: {}
steps:
  - { name: Try, function: x.try, output_key: tried }
  - { name: Ask, type: HUMAN_IN_LOOP }
`;

function open(texts: readonly string[], fails: (count: number) => boolean): TestWorld {
  let count = 0;
  world = openYaml(texts, {
    functions: [outside('x.try')],
    call: () => {
      count += 1;
      return fails(count) ? { kind: 'failed', code: 'no', message: 'no' } : { kind: 'ok', output: {} };
    },
  });
  return world;
}

const childrenOf = ({ memory, get }: TestWorld) =>
  [...memory.rows.keys()].map(get).filter(({ workflow_type }) => workflow_type === 'Child');
const redrive = { kind: 'redrive', by: null, reason: 'again' } as const;

test('one that was given up says nothing to a step that has tried again since', async () => {
  const opened = open([PARENT('retry: 2'), CHILD], (count) => count === 1);
  const id = await opened.start('Parent');
  await opened.pass(2_000);
  const [first, second] = childrenOf(opened).map(({ instance_id }) => instance_id);
  await opened.order({ kind: 'event', instance_id: first ?? '', event: redrive });
  await opened.order({
    ...{ kind: 'event', instance_id: first ?? '' },
    event: { kind: 'signal', signal: 'ask', payload: {}, by: null, roles: null },
  });
  expect(opened.get(first ?? '').status).toBe('completed');
  expect(opened.get(id)).toMatchObject({ status: 'waiting', frame: { phase: { instance_id: second } } });
});

test('one that outlives the one that had waited for it ends all the same', async () => {
  const opened = open([PARENT(''), CHILD], (count) => count === 1);
  const id = await opened.start('Parent');
  expect(opened.get(id).status).toBe('failed');
  const [child] = childrenOf(opened).map(({ instance_id }) => instance_id);
  await opened.order({ kind: 'event', instance_id: child ?? '', event: redrive });
  opened.memory.forget(id);
  await opened.order({
    ...{ kind: 'event', instance_id: child ?? '' },
    event: { kind: 'signal', signal: 'ask', payload: {}, by: null, roles: null },
  });
  expect(opened.get(child ?? '').status).toBe('completed');
});

test('an input that the other does not take fails the step', async () => {
  const other =
    'workflow_type: Child\nstate: { amount: money }\nsteps:\n  - { name: Ask, type: HUMAN_IN_LOOP }\n';
  for (const type of ['SUB_WORKFLOW', 'FIRE_AND_FORGET']) {
    const text = `workflow_type: Parent\nstate: {}\nsteps:\n  - { name: Sub, type: ${type}, workflow_type: Child }\n`;
    const opened = open([text, other], () => false);
    const id = await opened.start('Parent');
    expect(opened.get(id)).toMatchObject({ status: 'failed', error: { code: 'wrong_input', step: 'Sub' } });
    await opened.close();
  }
});
