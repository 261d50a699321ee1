/** The examples, by the functions of the edge: what is shown runs. */
import { readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from '@holdfast/workflow';
import { loadDefinition } from '@holdfast/workflow';
import { afterEach, describe, expect, it } from 'vitest';
import { MODELS, PAYMENT_STATE } from './functions/fields.ts';
import { createFunctionSet } from './functions/index.ts';
import { createTestDevices } from './testing-devices.ts';
import { createWorld, type World } from './testing-world.ts';

const FOLDER = new URL('../../../../examples/workflows/', import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const textOf = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

describe('an example', () => {
  it.each(files)('%s is loaded without a problem', (name) => {
    const { table: functions } = createFunctionSet();
    const loaded = loadDefinition(textOf(name), { functions, models: MODELS, defaultModel: PAYMENT_STATE });
    expect(loaded).toMatchObject({ ok: true, problems: [] });
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
      expect(world.instance(large ?? '').state.approved).toBe(false);
    }
  });
});
