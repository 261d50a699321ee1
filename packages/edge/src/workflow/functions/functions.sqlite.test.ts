import type { JsonObject } from '@holdfast/workflow';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestDevices } from '../testing-devices.ts';
import { createWorld, type World, type WorldOptions } from '../testing-world.ts';
import { expiryOf } from './card-expiry.ts';
import { createFunctionSet } from './index.ts';

let world: World | undefined;
const close = async () => {
  await world?.close();
  world = undefined;
};
afterEach(close);

/** Runs steps of these names, and tells what became of them: the state, or the code of the failure. */
async function run(names: readonly string[], input: JsonObject, options?: WorldOptions): Promise<JsonObject> {
  await close();
  const steps = names.map((name) => `  - name: ${name}\n`).join('');
  world = await createWorld([`workflow_type: Run\nsteps:\n${steps}`], options);
  const id = await world.start('Run', { amount: '20.00', currency: 'SEK', ...input });
  await world.end();
  const { error, state } = world.instance(id);
  return error === null ? state : { code: error.code, step: error.step };
}

const CARD = { card_token: 'tok', card_type: 'visa', masked_pan: '4111********1111', entry_mode: 'chip' };

describe('functions', () => {
  it('are told of with what they may fail with, each under its own name', () => {
    const { table, inside, outside } = createFunctionSet();
    expect(table.size).toBe(inside.size + outside.size);
    for (const [name, spec] of table) {
      expect([name, spec.summary]).toEqual([spec.name, expect.stringMatching(/^[A-Z].*\.$/)]);
      expect(name).toMatch(/^edge\.[a-z_]+$/);
      expect(new Set(spec.failures).size).toBe(spec.failures.length);
    }
    for (const each of outside.values()) expect(each.query !== undefined).toBe(each.spec.canQuery === true);
  });

  it('take a card until the end of its month', () => {
    const nowMs = Date.parse('2026-02-28T23:59:59Z');
    expect(expiryOf('2026-02', nowMs)).toBeUndefined();
    expect(expiryOf(undefined, nowMs)).toBeUndefined();
    expect(expiryOf('2026-02', nowMs + 1_000)).toContain('2026-02');
  });

  it('refuse a card that has expired, read here or before', async () => {
    expect(await run(['Validate_Card'], { ...CARD, card_expiry: '2025-12' })).toMatchObject({
      code: 'expired_card',
    });
    expect(await run(['Validate_Card_Offline'], { ...CARD, card_expiry: '2025-12' })).toMatchObject({
      code: 'expired_card',
    });
    expect(await run(['Validate_Card'], {})).toMatchObject({ code: 'no_card' });
  });

  it('read a card only when none was read', async () => {
    const devices = createTestDevices();
    const state = await run(['Validate_Card_Offline', 'Validate_Card', 'Verify_Pin'], {}, devices);
    expect(state).toMatchObject({ card_token: 'tok-1', card_valid: true, pin_verified: true });
    expect(devices.reads).toBe(1);
    expect(await run(['Validate_Card_Offline'], CARD, devices)).toMatchObject({ card_token: 'tok' });
    expect(devices.reads).toBe(1);
  });

  it('say at an edge without devices which one is missing', async () => {
    const missing = [
      ['Read_Card', 'no_card_reader'],
      ['Verify_Pin', 'no_pin_pad'],
      ['Print_Receipt', 'no_printer'],
      ['Dispense_Cash', 'no_dispenser'],
      ['Online_Authorization', 'no_acquirer'],
    ] as const;
    for (const [step, code] of missing) {
      expect(await run([step], CARD)).toEqual({ code, step });
    }
  });

  it('approve and decline here with a code that tells so', async () => {
    expect(await run(['Approve_Offline'], {})).toMatchObject({
      approved: true,
      approval_code: expect.stringMatching(/^OFF[0-9A-F]{8}$/),
    });
    expect(await run(['Decline_Offline'], {})).toMatchObject({
      approved: false,
      decline_reason: 'declined_offline',
    });
  });

  it('compare with the balance that is known, and take from it', async () => {
    expect(await run(['Check_Balance', 'Update_Ledger'], { balance: '20.00' })).toMatchObject({
      balance_covers: true,
      balance: '0.00',
    });
    expect(await run(['Check_Balance'], { balance: '19.99' })).toMatchObject({ balance_covers: false });
    expect(await run(['Check_Balance'], {})).toMatchObject({ code: 'balance_unknown' });
  });

  it('note that the goods were handed over, and when', async () => {
    expect(await run(['Update_Delivery_Status', 'Notify'], { message: 'done' })).toMatchObject({
      delivery_status: 'delivered',
      delivered_at: expect.stringMatching(/^2026-01-01T00:00:0/),
    });
  });

  it('keep with the sale how it was paid', async () => {
    await run(['Approve_Offline', 'Queue_For_Auth'], {
      ...CARD,
      card_expiry: '2031-12',
      cashier_id: 'astrid',
    });
    const [row] = world?.rows('SELECT body FROM entry') ?? [];
    const { body } = JSON.parse((row as { body: string }).body);
    expect(body).toMatchObject({ cashier_id: 'astrid', amount_total: '20.00' });
    expect(JSON.parse(body.payload)).toMatchObject({
      payment: {
        authorisation: 'wanted',
        masked_pan: '4111********1111',
        approval_code: expect.stringMatching(/^OFF/),
      },
    });
  });
});
