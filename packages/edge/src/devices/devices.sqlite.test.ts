/** Workflows with the devices of a till: a person presents cards and presses keys by the controls of the simulators. */
import { readFileSync } from 'node:fs';
import { must, type VirtualPorts } from '@holdfast/base';
import { Secret } from '@holdfast/crypto';
import {
  createPaymentTerminal,
  createSimulatedTill,
  type DeviceMemory,
  operate,
  ramMemory,
  type SimulatedTill,
} from '@holdfast/hardware';
import type { Instance, JsonObject } from '@holdfast/workflow';
import { afterEach, describe, expect, it } from 'vitest';
import type { Hardware } from '../workflow/hardware-port.ts';
import { createWorld, type World } from '../workflow/testing-world.ts';
import { createHardware } from './hardware.ts';

const EXAMPLES = new URL('../../../../examples/workflows/', import.meta.url);
const example = (name: string) => readFileSync(new URL(name, EXAMPLES), 'utf8');

let world: World | undefined;
let tills: SimulatedTill[] = [];
afterEach(async () => {
  await world?.close();
  world = undefined;
  tills = [];
});

type Shop = {
  hardware: Hardware;
  till: SimulatedTill;
  press(simulator: string, name: string, args?: object): Promise<void>;
  /** What came out of the printer. */
  paper(): string;
};

async function shopOf(ports: VirtualPorts, memories = new Map<string, DeviceMemory>()): Promise<Shop> {
  const till = await createSimulatedTill({
    secret: new Secret(new Uint8Array(32).fill(7)),
    memoryOf: (name) => {
      const memory = memories.get(name) ?? ramMemory();
      memories.set(name, memory);
      return memory;
    },
    currency: 'SEK',
    country: '752',
    timeZone: 'Europe/Stockholm',
    locale: 'en-GB',
    floorLimit: 50_000n,
    ports,
    modulusLengths: { ca: 144, issuer: 128, icc: 112 },
  });
  tills.push(till);
  const terminal = createPaymentTerminal({
    ...till.terminal,
    risk: { lastAmount: () => undefined, isListed: () => false },
    canGoOnline: () => false,
    currency: 'SEK',
    timeZone: 'Europe/Stockholm',
    locale: 'en-GB',
    ports,
  });
  const { printer, dispenser } = till.devices;
  return {
    hardware: createHardware({ terminal, printer, dispenser, currency: 'SEK' }),
    till,
    async press(simulator, name, args) {
      const found = must(till.simulators[simulator], 'the till has it');
      const result = await operate(found, { name, ...(args && { args }) });
      expect([simulator, name, result.kind]).toEqual([simulator, name, 'done']);
    },
    paper: () => JSON.stringify(till.simulators.printer?.snapshot() ?? null),
  };
}

/** A world with a shop in it, whose devices share its clock. */
async function open(text: string): Promise<{ of: World; shop: Shop; reopen(): Promise<Shop> }> {
  const memories = new Map<string, DeviceMemory>();
  // The devices want the clock of the world, and the world its devices.
  const now: { shop?: Shop } = {};
  const hardware = () => must(now.shop, 'the shop is open').hardware;
  world = await createWorld([text], {
    hardware: {
      readCard: (call) => hardware().readCard(call),
      validateCard: (call) => hardware().validateCard(call),
      verifyPin: (call) => hardware().verifyPin(call),
      approveOffline: (call) => hardware().approveOffline(call),
      endPayment: (instanceId) => hardware().endPayment(instanceId),
      print: (call) => hardware().print(call),
      findPrint: (call) => hardware().findPrint(call),
      dispenseCash: (call) => hardware().dispenseCash(call),
      findDispense: (call) => hardware().findDispense(call),
    },
  });
  const of = world;
  const reopen = async () => {
    now.shop = await shopOf(of.ports, memories);
    return now.shop;
  };
  return { of, shop: await reopen(), reopen };
}

/** Lets time pass until a condition holds. */
async function until(of: World, condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) {
    if (condition()) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    await of.pass(250);
  }
  throw new Error('it did not come to that');
}

const waitsForCard = (shop: Shop) => () =>
  JSON.stringify(shop.till.simulators.card_reader?.snapshot()).includes('"chip"');
const asksForPin = (shop: Shop) => () => shop.till.simulators.pin_pad?.snapshot().asks !== null;

/** Puts a card into the reader when it waits for one. */
async function insert(of: World, shop: Shop, card: string): Promise<void> {
  await until(of, waitsForCard(shop));
  await shop.press('card_reader', 'insert', { card });
}

/** Types a PIN when the pad asks for it. */
async function enterPin(of: World, shop: Shop, pin: string): Promise<void> {
  await until(of, asksForPin(shop));
  await shop.press('pin_pad', 'enter_pin', { pin });
}

async function ended(of: World, id: string): Promise<Instance> {
  await until(of, () => ['completed', 'failed', 'compensated', 'parked'].includes(of.instance(id).status));
  return of.instance(id);
}

const input = (amount: string): JsonObject => ({ amount, currency: 'SEK' });

const steps = (...names: string[]) =>
  `workflow_type: Pay\nsteps:\n${names.map((name) => `  - name: ${name}\n`).join('')}`;

describe('a coffee', () => {
  it('is paid with a chip, and the receipt tells how', async () => {
    const { of, shop } = await open(example('coffee-purchase.yaml'));
    const id = await of.start('CoffeePurchase', input('20.00'));
    await insert(of, shop, 'visa-no-pin');
    const { status, state } = await ended(of, id);
    expect([status, state]).toMatchObject([
      'completed',
      {
        card_type: 'visa',
        entry_mode: 'chip',
        masked_pan: expect.stringMatching(/^\d{8}\*{4}\d{4}$/),
        approval_code: expect.stringMatching(/^OFF/),
        card_payment: { response_code: 'Y1', chip: { cryptogram: { type: 'TC' } } },
        payment_status: 'queued_for_sync',
      },
    ]);
    const paper = shop.paper();
    expect(paper).toContain('F0484644011010');
    expect(paper).toContain('20.00');
    const [row] = of.rows('SELECT token, amount_minor, payments FROM card_payment');
    expect(row).toEqual({ token: state.card_token, amount_minor: 2000, payments: 1 });
    const [entry] = of.rows('SELECT body FROM entry') as { body: string }[];
    expect(entry?.body).toContain('transaction_counter');
  });

  it('is tapped', async () => {
    const { of, shop } = await open(example('coffee-purchase.yaml'));
    const id = await of.start('CoffeePurchase', input('20.00'));
    await until(of, waitsForCard(shop));
    await shop.press('card_reader', 'tap', { card: 'visa-no-pin' });
    expect(await ended(of, id)).toMatchObject({ status: 'completed', state: { entry_mode: 'contactless' } });
  });

  it('is not paid with a card that says no', async () => {
    const { of, shop } = await open(example('coffee-purchase.yaml'));
    const id = await of.start('CoffeePurchase', input('20.00'));
    await insert(of, shop, 'mastercard-online-only');
    await enterPin(of, shop, '8520');
    const { status, error } = await ended(of, id);
    expect([status, error?.code]).toEqual(['failed', 'declined_by_card']);
    expect(of.rows('SELECT * FROM edge_transactions')).toEqual([]);
  });

  it('is not paid with a card that was pulled out', async () => {
    const { of, shop } = await open(example('coffee-purchase.yaml'));
    const id = await of.start('CoffeePurchase', input('20.00'));
    await until(of, waitsForCard(shop));
    await shop.press('card_reader', 'insert_and_pull', {
      card: 'visa-no-pin',
      commands: 9,
      loses_answer: false,
    });
    expect(await ended(of, id)).toMatchObject({ status: 'failed', error: { code: 'card_removed' } });
  });
});

describe('a payment', () => {
  it.each([
    ['visa-expired', 'expired_card'],
    ['visa-forged', 'card_not_authentic'],
    ['visa-card-blocked', 'card_blocked'],
  ])('with %s fails as %s', async (card, code) => {
    const { of, shop } = await open(steps('Validate_Card_Offline', 'Approve_Offline'));
    const id = await of.start('Pay', input('20.00'));
    await insert(of, shop, card);
    const { error } = await ended(of, id);
    expect(error?.code).toBe(code);
  });

  it('that failed leaves the terminal to the next one', async () => {
    const { of, shop } = await open(steps('Validate_Card_Offline', 'Approve_Offline'));
    for (const [card, code] of [
      ['visa-expired', 'expired_card'],
      ['visa-forged', 'card_not_authentic'],
    ] as const) {
      const id = await of.start('Pay', input('20.00'));
      await insert(of, shop, card);
      expect((await ended(of, id)).error?.code).toBe(code);
      await shop.press('card_reader', 'pull_out');
    }
  });

  it('with a PIN is verified by the card', async () => {
    const { of, shop } = await open(
      steps('Read_Card', 'Verify_Pin', 'Approve_Offline', 'Queue_For_Sync', 'Print_Receipt'),
    );
    const id = await of.start('Pay', input('20.00'));
    await insert(of, shop, 'visa-offline-pin');
    await enterPin(of, shop, '1234');
    expect(await ended(of, id)).toMatchObject({
      status: 'completed',
      state: { pin_verified: true, cardholder_verification: 'pin' },
    });
    // The receipt of the sale in the journal has the card's block as well.
    expect(shop.paper()).toContain('F0484644011010');
  });

  it('with three wrong PINs ends with a locked card', async () => {
    const { of, shop } = await open(steps('Read_Card', 'Verify_Pin', 'Approve_Offline'));
    const id = await of.start('Pay', input('20.00'));
    await insert(of, shop, 'visa-offline-pin');
    for (const pin of ['1111', '2222', '3333']) {
      await enterPin(of, shop, pin);
    }
    expect(await ended(of, id)).toMatchObject({ status: 'failed', error: { code: 'pin_locked' } });
  });

  it('of a process that was killed hears that the card is gone, and reads it again', async () => {
    const { of, shop, reopen } = await open(`workflow_type: Pay
steps:
  - name: Read_Card
  - { name: Rest, type: WAIT, for: 1m }
  - { name: Approve_Offline, on_failure: Read_Again, next: Queue_For_Sync }
  - { name: Read_Again, function: edge.read_card }
  - { name: Approve_Again, function: edge.approve_offline }
  - name: Queue_For_Sync
`);
    const id = await of.start('Pay', input('20.00'));
    await insert(of, shop, 'visa-no-pin');
    await until(of, () => of.instance(id).state.card_token !== undefined);
    await of.restart();
    const again = await reopen();
    await insert(of, again, 'visa-no-pin');
    const { status, state } = await ended(of, id);
    expect([status, state]).toMatchObject(['completed', { card_payment: { response_code: 'Y1' } }]);
    expect(of.rows('SELECT count(*) AS count FROM edge_transactions')).toEqual([{ count: 1 }]);
  });

  it('whose process is killed while the PIN is asked for is not done, and says so at once', async () => {
    const { of, shop, reopen } = await open(steps('Read_Card', 'Approve_Offline', 'Queue_For_Sync'));
    const id = await of.start('Pay', input('20.00'));
    await insert(of, shop, 'visa-offline-pin');
    await until(of, asksForPin(shop));
    await reopen();
    await of.restart();
    await of.pass(5_000);
    const { status, error } = of.instance(id);
    expect([status, error?.code, error?.message]).toEqual([
      'failed',
      'not_done',
      'The card was taken away: read it again.',
    ]);
    expect(of.rows('SELECT * FROM edge_transactions')).toEqual([]);
  });

  it('in another currency than the store has is not taken', async () => {
    const { of } = await open(steps('Read_Card'));
    const id = await of.start('Pay', { amount: '20.00', currency: 'EUR' });
    expect(await ended(of, id)).toMatchObject({ error: { code: 'card_not_accepted' } });
  });
});

describe('an example', () => {
  it('of a restaurant is approved by the card while there is nobody to ask', async () => {
    const { of, shop } = await open(example('restaurant-check.yaml'));
    const more = { discount: '0.00', table: '7', order_id: 'o-1' };
    const id = await of.start('RestaurantCheck', { ...input('240.00'), ...more });
    await of.workflows.signal(id, { signal: 'tip', payload: { tip: '8.00' }, by: null, roles: null });
    await insert(of, shop, 'visa-no-pin');
    expect(await ended(of, id)).toMatchObject({
      status: 'completed',
      state: { approved: true, card_payment: { response_code: 'Y1' }, payment_status: 'queued_for_sync' },
    });
    // The tip is approved, printed and sold with the rest.
    expect(shop.paper()).toContain('248.00');
    expect(of.rows('SELECT amount_minor FROM edge_transactions')).toEqual([{ amount_minor: 24_800 }]);
  });

  it('of a cash machine asks for the PIN, and declines what nobody can be asked about', async () => {
    const { of, shop } = await open(example('atm-withdrawal.yaml'));
    const id = await of.start('AtmWithdrawal', input('600.00'));
    await insert(of, shop, 'visa-offline-pin');
    await enterPin(of, shop, '1234');
    expect(await ended(of, id)).toMatchObject({
      status: 'completed',
      state: { pin_verified: true, approved: false },
    });
  });

  it('with a token from elsewhere asks no card', async () => {
    const { of } = await open(example('payment-processing.yaml'));
    const id = await of.start('PaymentProcessing', { ...input('20.00'), card_token: 'tok' });
    expect(await ended(of, id)).toMatchObject({ status: 'completed', state: { approved: true } });
  });
});

describe('cash', () => {
  it('is given out once, and what the customer has is told', async () => {
    const { of } = await open(steps('Dispense_Cash'));
    const id = await of.start('Pay', input('270.00'));
    expect(await ended(of, id)).toMatchObject({ status: 'completed', state: { dispensed: '270.00' } });
  });

  it('that no notes make is refused', async () => {
    const { of } = await open(steps('Dispense_Cash'));
    const id = await of.start('Pay', input('13.00'));
    expect(await ended(of, id)).toMatchObject({ error: { code: 'amount_not_dispensable' } });
  });
});

describe('the printer', () => {
  it('without paper fails with that, and nothing is on it', async () => {
    const { of, shop } = await open(steps('Print_Receipt'));
    await shop.press('printer', 'set_paper', { millimetres: 0 });
    const id = await of.start('Pay', input('20.00'));
    expect(await ended(of, id)).toMatchObject({ error: { code: 'paper_out' } });
  });

  it('whose paper ends in the middle is asked once, and leaves it to a person', async () => {
    const { of, shop } = await open(steps('Print_Receipt'));
    await shop.press('printer', 'set_paper', { millimetres: 20 });
    const id = await of.start('Pay', input('20.00'));
    // Sooner than a question that is asked again and again would have ended.
    expect((await ended(of, id)).status).toBe('parked');
  });
});
