/** The examples, by the functions of the edge: what is shown runs. */
import { must } from '@holdfast/base';
import { canonicalJson } from '@holdfast/crypto';
import {
  compileDefinition,
  type Definition,
  type JsonObject,
  loadDefinition,
  type Program,
  type StepType,
} from '@holdfast/workflow';
import { afterEach, describe, expect, it } from 'vitest';
import { EXAMPLES, HOST } from './testing-definitions.ts';
import { createTestDevices } from './testing-devices.ts';
import { createWorld, type World } from './testing-world.ts';

const textOf = (name: string) =>
  must(
    EXAMPLES.find((example) => example.name === name),
    `${name} is there`,
  ).text;

function programOf(text: string): Program {
  const loaded = loadDefinition(text, HOST);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.program;
}

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

describe('an example', () => {
  it.each(EXAMPLES)(
    '$name is loaded without a problem, and shows editors where its schema is',
    ({ text }) => {
      expect(
        text.startsWith('# yaml-language-server: $schema=../../docs/reference/workflow.schema.json\n'),
      ).toBe(true);
      expect(loadDefinition(text, HOST)).toMatchObject({ ok: true, problems: [] });
    },
  );

  it.each(EXAMPLES)('$name compiles again from what is kept of it', ({ text }) => {
    const program = programOf(text);
    const kept: Definition = JSON.parse(canonicalJson(program.definition));
    const again = compileDefinition(kept);
    expect(again.hash).toBe(program.hash);
    expect([...again.blocks.keys()]).toEqual([...program.blocks.keys()]);
    expect([...again.expressions.keys()].sort()).toEqual([...program.expressions.keys()].sort());
    expect([...again.templates.keys()].sort()).toEqual([...program.templates.keys()].sort());
  });

  it('has a step of each type', () => {
    const all: StepType[] = [
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
    const types = new Set(programOf(textOf('all-types.yaml')).definition.steps.map(({ type }) => type));
    expect([...types].sort()).toEqual(all.sort());
  });

  it.each([
    ['payment-processing.yaml', 'PaymentProcessing', { card_token: 'tok' }, 'queued_for_sync'],
    ['coffee-purchase.yaml', 'CoffeePurchase', {}, 'queued_for_sync'],
    ['delivery-payment.yaml', 'DeliveryPayment', { card_token: 'tok', order_id: 'o-1' }, 'queued_for_sync'],
    ['atm-withdrawal.yaml', 'AtmWithdrawal', {}, undefined],
  ] as const)('%s sells once, up to its limit and above it', async (name, type, input, status) => {
    for (const amount of ['12.00', '80.00']) {
      const devices = createTestDevices();
      world = await createWorld([textOf(name)], { hardware: devices.hardware });
      const id = await world.start(type, { amount, currency: 'SEK', ...input } satisfies JsonObject);
      await world.end();
      const { status: ended, state, error } = world.instance(id);
      if (status === undefined) {
        // Without a known balance nothing is given out.
        expect([ended, error?.code, devices.dispensed.size]).toEqual(['failed', 'balance_unknown', 0]);
      } else {
        expect([ended, state.payment_status]).toEqual(['completed', status]);
        expect(world.rows('SELECT amount_minor FROM edge_transactions')).toEqual([
          { amount_minor: Number(amount) * 100 },
        ]);
      }
      await world.close();
      world = undefined;
    }
  });

  it('online-authorization.yaml goes by the floor limit while there is nobody to ask', async () => {
    world = await createWorld([textOf('online-authorization.yaml')]);
    const start = async (amount: string) =>
      await world?.start('PaymentAuthorization', { amount, currency: 'SEK' });
    for (const online of [false, true]) {
      world.facts.online = online;
      const [small, large] = [await start('49.99'), await start('50.00')];
      await world.end();
      expect(world.instance(small ?? '').state).toMatchObject({
        approved: true,
        payment_status: 'completed',
      });
      expect(world.instance(large ?? '').state).not.toHaveProperty('payment_status');
      expect(world.instance(large ?? '').state.approved).toBe(false);
    }
    // What was declined is no sale.
    expect(world.rows('SELECT amount_minor FROM edge_transactions')).toEqual([
      { amount_minor: 4999 },
      { amount_minor: 4999 },
    ]);
  });
});
