import { afterEach, expect, it } from 'vitest';
import { programOf, testingHost } from '../definition/testing-host.ts';
import type { CallResult } from './instance.ts';
import { standingsOf } from './standing.ts';
import { TestWorld } from './testing-world.ts';

let world: TestWorld | undefined;
afterEach(async () => await world?.close());

const STATE = 'state: { amount: money, currency: string, names: { type: list, of: string, optional: true } }';
const INPUT = { amount: '20.00', currency: 'SEK' };

async function standings(steps: string, answer?: CallResult) {
  const program = programOf(`workflow_type: T\n${STATE}\nsteps:\n${steps}`);
  const call = () => answer ?? new Promise<never>(() => undefined);
  world = new TestWorld({ programs: [program], functions: [...testingHost().functions.values()], call });
  const id = await world.start('T', { ...INPUT, names: ['ann', 'bo'] });
  await world.pass(0);
  return standingsOf(world.get(id), { program, nowMs: world.ports.clock.nowMs() });
}

it('says of each branch what it does, and what it asks with its prompt filled in', async () => {
  const found = await standings(`
  - name: Fan
    type: PARALLEL
    branches:
      - { name: left, steps: [{ name: Rest, type: WAIT, for: 1h }] }
      - name: right
        steps:
          - name: Each
            type: LOOP
            iterate_over: names
            item_var_name: name
            max_iterations: 5
            loop_body:
              - name: Ask
                type: HUMAN_IN_LOOP
                role: manager
                prompt: "{{name}}: {{state.amount}}?"
                fields: { agreed: boolean }
`);
  expect(found).toMatchObject([
    { step: 'Fan/left/Rest', doing: 'waiting_for_time', due_ms: expect.any(Number), canSkip: true },
    {
      step: 'Fan/right/Each/Ask',
      doing: 'waiting_for_signal',
      due_ms: null,
      asked: {
        signal: 'ask',
        role: 'manager',
        prompt: 'ann: 20.00?',
        fields: { agreed: { type: 'boolean' } },
      },
    },
  ]);
});

it('says of a call that it is under way, and of one without an outcome that a person must say', async () => {
  const step = '  - { name: Fetch, type: HTTP, method: POST, url: "http://x.example/", on_unknown: park }\n';
  expect(await standings(step)).toMatchObject([{ step: 'Fetch', doing: 'calling', canSkip: false }]);
  await world?.close();
  expect(await standings(step, { kind: 'unknown', message: 'the line went dead' })).toMatchObject([
    { doing: 'parked', error: { code: 'unknown_outcome' }, canSkip: true },
  ]);
});

it('has nothing to say of one that has ended', async () => {
  expect(await standings('  - { name: Check, type: DECISION, routes: [{ default: END }] }\n')).toEqual([]);
});
