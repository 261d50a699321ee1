import { must } from '@holdfast/base';
import { Secret } from '@holdfast/crypto';
import { expect, test } from 'vitest';
import type { DeviceMemory } from '../ports/device-memory.ts';
import { createPaymentTerminal } from '../terminal/payment-terminal.ts';
import type { ApproveAnswer } from '../terminal/payment-types.ts';
import { inTime, virtualTime } from '../testing-time.ts';
import { operate } from './controls.ts';
import { ramMemory } from './device-memory.ts';
import { createSimulatedTill } from './till.ts';

type Memories = Map<string, DeviceMemory>;

async function tillOf(memories: Memories, { currency, country } = { currency: 'SEK', country: '752' }) {
  const seed = 9;
  const ports = virtualTime(seed);
  const till = await createSimulatedTill({
    secret: new Secret(new Uint8Array(32).fill(seed)),
    memoryOf: (name) => {
      const memory = memories.get(name) ?? ramMemory();
      memories.set(name, memory);
      return memory;
    },
    ...{ currency, country },
    timeZone: 'Europe/Stockholm',
    locale: 'sv-SE',
    floorLimit: 50_000n,
    ports,
    modulusLengths: { ca: 144, issuer: 128, icc: 112 },
  });
  const terminal = createPaymentTerminal({
    ...till.terminal,
    risk: { lastAmount: () => undefined, isListed: () => false },
    canGoOnline: () => false,
    currency,
    timeZone: 'Europe/Stockholm',
    locale: 'sv-SE',
    ports,
  });
  const press = async (simulator: string, name: string, args?: object) => {
    const found = till.simulators[simulator];
    if (found === undefined) throw new Error(simulator);
    await operate(found, { name, ...(args && { args }) });
  };
  const { signal } = new AbortController();
  let key = 0;
  const call = (amountMinor?: bigint) => {
    key += 1;
    return {
      ...{ instanceId: 'w', key: `k${key}`, signal },
      ...(amountMinor !== undefined && { amountMinor }),
    };
  };
  return { till, terminal, ports, press, call };
}

type Till = Awaited<ReturnType<typeof tillOf>>;

/** Pays with a card and its PIN by the controls alone. */
async function pay({ till, terminal, ports, press, call }: Till): Promise<ApproveAnswer> {
  const reading = terminal.readCard(call(2_000n));
  await ports.advance(100);
  expect(till.simulators.customer_display?.snapshot()).toMatchObject({
    lines: ['Visa kort           ', expect.stringMatching(/^20,00.kr/)],
  });
  await press('card_reader', 'insert', { card: 'visa-offline-pin' });
  expect(await inTime(ports, reading)).toMatchObject({ kind: 'done', card: { entry: 'chip' } });
  const verified = terminal.verifyPin(call());
  for (let turn = 0; turn < 100 && till.simulators.pin_pad?.snapshot().asks === null; turn += 1)
    await ports.advance(50);
  await press('pin_pad', 'enter_pin', { pin: '1234' });
  expect(await inTime(ports, verified)).toEqual({ kind: 'done', verification: 'pin' });
  const approved = await inTime(ports, terminal.approveOffline(call(2_000n)));
  expect(approved).toMatchObject({ kind: 'done', evidence: { response_code: 'Y1' } });
  await press('card_reader', 'pull_out');
  await terminal.close();
  await till.close();
  return approved;
}

test('a person pays with a card and a PIN by the controls, and the card counts on after a restart', async () => {
  const memories: Memories = new Map();
  const first = counterOf(await pay(await tillOf(memories)));
  expect(counterOf(await pay(await tillOf(memories)))).toBe(first + 1);
});

test.each([
  { currency: 'SEK', country: '752' },
  { currency: 'EUR', country: '276' },
  { currency: 'USD', country: '840' },
])('cards are issued where the store is, but for the foreign one: $currency', async (store) => {
  const { till, terminal, ports, press, call } = await tillOf(new Map(), store);
  const pay = async (card: string) => {
    const reading = terminal.readCard(call(2_000n));
    await ports.advance(100);
    await press('card_reader', 'tap', { card });
    await inTime(ports, reading);
    const approved = await inTime(ports, terminal.approveOffline(call(2_000n)));
    await inTime(ports, terminal.endSession(call()));
    return approved;
  };
  expect(await pay('visa-no-pin')).toMatchObject({ kind: 'done', evidence: { response_code: 'Y1' } });
  expect(await pay('visa-foreign')).toMatchObject({ kind: 'failed', code: 'declined_by_card' });
  await till.close();
});

test('a customer whose chip gives out is told to take the card out, and then to swipe it', async () => {
  const { till, terminal, ports, press, call } = await tillOf(new Map());
  const shown = () => String(till.simulators.customer_display?.snapshot().lines).split(',')[0]?.trim();
  const reading = terminal.readCard(call(2_000n));
  await ports.advance(100);
  await press('card_reader', 'insert', { card: 'visa-dead-chip' });
  await ports.advance(1_000);
  expect(shown()).toBe('Ta ut kort');
  await press('card_reader', 'pull_out');
  await ports.advance(100);
  expect(shown()).toBe('Dra kortet');
  await press('card_reader', 'swipe', { card: 'visa-dead-chip' });
  expect(await inTime(ports, reading)).toMatchObject({ kind: 'done', card: { entry: 'fallback' } });
  await till.close();
});

test('no memory of a device holds a number', async () => {
  const memories: Memories = new Map();
  const { till, terminal, ports, press, call } = await tillOf(memories);
  const reading = terminal.readCard(call(2_000n));
  await ports.advance(100);
  await press('card_reader', 'insert', { card: 'visa-no-pin' });
  await inTime(ports, reading);
  await inTime(ports, terminal.approveOffline(call(2_000n)));
  const pan = must(terminal.settlementData('w'), 'the card has approved').card.pan;
  const digits = pan.use((bytes) => Buffer.from(bytes).toString());
  expect(digits).toMatch(/^\d{16}$/);
  for (const name of ['cards', 'secure-element']) {
    const bytes = Buffer.from((await memories.get(name)?.read()) ?? []);
    expect(bytes.includes(digits) || bytes.includes(Buffer.from(digits, 'hex'))).toBe(false);
  }
  expect((await memories.get('cards')?.read())?.length).toBeGreaterThan(100);
  await till.close();
});

test('the drawer hangs on the printer, and every device that a hand can move has its controls', async () => {
  const { till, ports, press } = await tillOf(new Map());
  const { drawer } = till.devices;
  const opened = must(drawer, 'a till has a drawer').open({ key: 'd', signal: new AbortController().signal });
  expect(await inTime(ports, opened)).toEqual({ kind: 'done' });
  expect(till.simulators.cash_drawer?.snapshot()).toMatchObject({ is_open: true });
  await press('cash_drawer', 'push_shut');
  expect(await inTime(ports, must(drawer, 'a till has a drawer').isOpen())).toBe(false);
  const kinds = Object.values(till.devices).map(({ kind }) => kind.replace('receipt_', ''));
  const moved = kinds.filter((kind) => kind !== 'secure_element');
  expect(Object.keys(till.simulators).sort()).toEqual(moved.sort());
  await till.close();
});

/** The card's counter of payments, out of what it answered. */
function counterOf(answer: ApproveAnswer): number {
  if (answer.kind !== 'done') throw new Error(answer.kind);
  return Number.parseInt(answer.evidence.chip?.transaction_counter ?? '', 16);
}
