import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemTimers, type VirtualPorts } from '@holdfast/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inTime, virtualTime } from '../testing-time.ts';
import { operate, type Snapshot } from './controls.ts';
import { fileMemory, ramMemory } from './device-memory.ts';
import {
  createSimulatedDispenser,
  type SimulatedDispenser,
  type SimulatedDispenserOptions,
} from './dispenser.ts';

const NEVER = new AbortController().signal;
const CASSETTES = [
  { slot: 1, currency: 'EUR', denominationMinor: 10_000n, notes: 60 },
  { slot: 2, currency: 'EUR', denominationMinor: 5_000n, notes: 60 },
  { slot: 3, currency: 'EUR', denominationMinor: 2_000n, notes: 60 },
  { slot: 4, currency: 'SEK', denominationMinor: 50_000n, notes: 60 },
];
const VALUE: Readonly<Record<string, bigint>> = {
  slot_1: 10_000n,
  slot_2: 5_000n,
  slot_3: 2_000n,
  slot_4: 50_000n,
};

async function create(of: Partial<SimulatedDispenserOptions> = {}, time: VirtualPorts = virtualTime()) {
  const options = { memory: ramMemory(), timers: time.timers, cassettes: CASSETTES, ...of };
  const dispenser = await inTime(time, createSimulatedDispenser(options));
  const dispense = (amountMinor: bigint, { key = 'order', signal = NEVER, currency = 'EUR' } = {}) =>
    inTime(time, dispenser.dispense({ key, signal, amountMinor, currency }));
  const press = async (name: string, args?: unknown) => {
    expect(await inTime(time, operate(dispenser, { name, args }))).toEqual({ kind: 'done' });
  };
  return { time, dispenser, dispense, press, options };
}

type Seen = Snapshot & {
  with_customers: Readonly<Record<string, number>>;
  cassettes: readonly { slot: number; counted_notes: number; notes: number }[];
  shutter_notes: number;
  stacker_notes: number;
};
// The snapshot of this simulator has these members, which the tests below would miss otherwise.
const seen = (dispenser: SimulatedDispenser) => dispenser.snapshot() as Seen;

function withCustomersMinor(dispenser: SimulatedDispenser): bigint {
  let sum = 0n;
  for (const [slot, notes] of Object.entries(seen(dispenser).with_customers))
    sum += BigInt(notes) * (VALUE[slot] ?? 0n);
  return sum;
}

/** What the machine believes is what there is, and its path is clear. */
function expectSettled(dispenser: SimulatedDispenser): void {
  const { cassettes, shutter_notes, stacker_notes } = seen(dispenser);
  expect({ shutter_notes, stacker_notes }).toEqual({ shutter_notes: 0, stacker_notes: 0 });
  for (const { counted_notes, notes } of cassettes) expect(counted_notes).toBe(notes);
}

const DONE = { kind: 'done', retracted: [], rejected: [], isShort: false } as const;

test('pays out, and does what is ordered twice by one name once', async () => {
  const { dispenser, dispense, time } = await create();
  const paid = { ...DONE, dispensedMinor: 17_000n, taken: [1, 2, 3].map((slot) => ({ slot, notes: 1 })) };
  expect(await dispense(17_000n)).toEqual(paid);
  expect(await dispense(17_000n)).toEqual(paid);
  expect(await inTime(time, dispenser.find('order'))).toEqual(paid);
  expect(withCustomersMinor(dispenser)).toBe(17_000n);
  expectSettled(dispenser);
  expect(await inTime(time, dispenser.find('other'))).toMatchObject({ kind: 'failed', code: 'not_done' });
  expect(await dispenser.status()).toEqual({
    kind: 'cash_dispenser',
    name: 'simulated cash dispenser',
    state: 'ready',
    attention: null,
    facts: { slot_1_notes: 59, slot_2_notes: 59, slot_3_notes: 59, slot_4_notes: 60 },
  });
});

test('two calls with one name at once pay once; another order is refused meanwhile', async () => {
  const { dispenser, time } = await create();
  const order = { signal: NEVER, amountMinor: 5_000n, currency: 'EUR' };
  const calls = ['a', 'a', 'b'].map((key) => dispenser.dispense({ ...order, key }));
  const kinds = (await inTime(time, Promise.all(calls))).map(({ kind }) => kind);
  expect(kinds).toEqual(['done', 'done', 'failed']);
  expect(withCustomersMinor(dispenser)).toBe(5_000n);
  expect(await inTime(time, dispenser.find('b'))).toMatchObject({ code: 'not_done' });
});

test.each<[string, bigint, string, string]>([
  ['an amount that its notes do not make', 1_000n, 'EUR', 'amount_not_dispensable'],
  ['more notes than a bundle holds', 410_000n, 'EUR', 'amount_not_dispensable'],
  ['more than it has', 2_000_000n, 'EUR', 'dispenser_empty'],
  ['a currency that it has not', 1_000n, 'USD', 'dispenser_empty'],
])('refuses %s', async (_, amountMinor, currency, code) => {
  const { dispenser, dispense, time } = await create();
  expect(await dispense(amountMinor, { currency })).toMatchObject({ kind: 'failed', code });
  expect(await inTime(time, dispenser.find('order'))).toMatchObject({ code: 'not_done' });
  expectSettled(dispenser);
});

test('notes that nobody takes are retracted, and what was taken is told', async () => {
  const { dispenser, dispense, press, time } = await create({ customerTakesAfterMs: null });
  expect(await dispense(15_000n, { key: 'none' })).toEqual({
    ...DONE,
    dispensedMinor: 0n,
    taken: [],
    retracted: [
      { slot: 1, notes: 1 },
      { slot: 2, notes: 1 },
    ],
  });
  const some = dispenser.dispense({ key: 'some', signal: NEVER, amountMinor: 15_000n, currency: 'EUR' });
  await time.advance(2_000);
  expect(seen(dispenser).shutter_notes).toBe(2);
  await press('take_some_notes', { notes: 1 });
  expect(await inTime(time, some)).toMatchObject({
    dispensedMinor: 10_000n,
    taken: [{ slot: 1, notes: 1 }],
    retracted: [{ slot: 2, notes: 1 }],
  });
  expectSettled(dispenser);
});

test('torn notes go to the reject bin, and others are paid', async () => {
  const { dispenser, dispense, press } = await create();
  await press('bad_notes', { notes: 2 });
  expect(await dispense(10_000n)).toEqual({
    ...DONE,
    dispensedMinor: 10_000n,
    taken: [{ slot: 1, notes: 1 }],
    rejected: [{ slot: 1, notes: 2 }],
  });
  expectSettled(dispenser);
});

test('a cassette that was miscounted is made up for by others, or the payment is short', async () => {
  const { dispenser, dispense, press } = await create();
  await press('miscount', { slot: 1, notes: 1 });
  expect(await dispense(20_000n, { key: 'made up' })).toMatchObject({
    dispensedMinor: 20_000n,
    taken: [
      { slot: 1, notes: 1 },
      { slot: 2, notes: 2 },
    ],
    isShort: false,
  });
  await press('miscount', { slot: 2, notes: 0 });
  await press('miscount', { slot: 3, notes: 2 });
  expect(await dispense(10_000n, { key: 'short' })).toMatchObject({ dispensedMinor: 4_000n, isShort: true });
  expectSettled(dispenser);
  await press('fill', { slot: 3, notes: 3 });
  await press('miscount', { slot: 3, notes: 0 });
  expect(await dispense(2_000n, { key: 'none' })).toMatchObject({ kind: 'failed', code: 'dispenser_empty' });
  expect(await dispenser.status()).toMatchObject({ state: 'attention' });
  expectSettled(dispenser);
});

test('a jam before the shutter: nothing was paid; the notes inside go to the reject bin', async () => {
  for (const at of ['pick', 'present']) {
    const { dispenser, dispense, press, time } = await create();
    await press('jam', { at });
    expect(await dispense(15_000n)).toMatchObject({ kind: 'failed', code: 'dispenser_jammed' });
    expect(await dispense(15_000n, { key: 'next' })).toMatchObject({
      kind: 'failed',
      code: 'dispenser_jammed',
    });
    expect((await dispenser.cassettes()).map(({ state }) => state)).toEqual(CASSETTES.map(() => 'jammed'));
    expect(withCustomersMinor(dispenser)).toBe(0n);
    await press('clear_jam');
    expectSettled(dispenser);
    expect(await inTime(time, dispenser.find('order'))).toMatchObject({ kind: 'failed' });
    expect(await dispense(15_000n, { key: 'again' })).toMatchObject({ kind: 'done' });
  }
});

test('a jam while notes are drawn back: unknown until somebody has helped', async () => {
  const { dispenser, dispense, press, time } = await create({ customerTakesAfterMs: null });
  await press('jam', { at: 'retract' });
  expect(await dispense(15_000n)).toMatchObject({ kind: 'unknown' });
  expect(await inTime(time, dispenser.find('order'))).toMatchObject({ kind: 'unknown' });
  expect(await operate(dispenser, { name: 'fill', args: { slot: 1, notes: 9 } })).toMatchObject({
    kind: 'impossible',
  });
  await press('take_some_notes', { notes: 1 });
  await press('clear_jam');
  expect(await inTime(time, dispenser.find('order'))).toMatchObject({
    kind: 'done',
    dispensedMinor: 10_000n,
  });
  expectSettled(dispenser);
});

test('without its cable it works on, and tells later', async () => {
  const { dispenser, press, time, dispense } = await create();
  const paying = dispenser.dispense({ key: 'order', signal: NEVER, amountMinor: 5_000n, currency: 'EUR' });
  await time.advance(100);
  await press('set_plugged', { is_plugged: false });
  expect(await inTime(time, paying)).toMatchObject({ kind: 'unknown' });
  expect(await inTime(time, dispenser.find('order'))).toMatchObject({ kind: 'unknown' });
  expect(await dispense(5_000n)).toMatchObject({ kind: 'unknown' });
  expect(await dispense(5_000n, { key: 'new' })).toMatchObject({
    kind: 'failed',
    code: 'dispenser_unavailable',
  });
  expect(await dispenser.status()).toMatchObject({ state: 'gone' });
  await time.advance(10_000);
  await press('set_plugged', { is_plugged: true });
  expect(await inTime(time, dispenser.find('order'))).toMatchObject({ kind: 'done', dispensedMinor: 5_000n });
});

test('an order that nobody waits for stops before the notes come out', async () => {
  const { dispenser, dispense, time } = await create();
  const withdrawal = new AbortController();
  time.timers.after(200, () => withdrawal.abort());
  expect(await dispense(39_000n, { signal: withdrawal.signal })).toMatchObject({
    kind: 'failed',
    code: 'dispenser_unavailable',
  });
  expect(withCustomersMinor(dispenser)).toBe(0n);
  expectSettled(dispenser);
});

test('a cassette that is out gives nothing', async () => {
  const { dispenser, dispense, press } = await create();
  await press('remove_cassette', { slot: 1 });
  expect(await dispense(10_000n)).toMatchObject({ taken: [{ slot: 2, notes: 2 }] });
  expect((await dispenser.cassettes())[0]).toMatchObject({ state: 'missing' });
  await press('insert_cassette', { slot: 1 });
  expect(await dispense(10_000n, { key: 'b' })).toMatchObject({ taken: [{ slot: 1, notes: 1 }] });
});

/** Steps of a whole order, and of switching on after it: cuts are made at every one of them. */
const STEPS_MAX = 80;

test.each<[string, boolean]>([
  ['and nobody takes anything', false],
  ['and the customer takes what sticks out in the dark', true],
])('the power goes at any step, %s: the machine knows what became of it', async (_, takesInTheDark) => {
  const ends = new Set<string>();
  let isWhole = false;
  for (let steps = 0; steps < STEPS_MAX && !isWhole; steps += 1) {
    for (const again of [null, 0, 1, 2, 3, 4, 5]) {
      const { dispenser, dispense, press, time } = await create({ customerTakesAfterMs: 500 });
      await press('power_off_after', { steps });
      const end = await dispense(17_000n);
      isWhole = end.kind === 'done';
      if (isWhole) break;
      expect(end.kind).toBe('unknown');
      if (takesInTheDark && seen(dispenser).shutter_notes > 0) await press('take_notes');
      if (again !== null) {
        await press('power_off_after', { steps: again });
        await press('power_on');
      }
      await press('power_on');
      const found = await inTime(time, dispenser.find('order'));
      ends.add(found.kind === 'failed' ? found.code : found.kind);
      expect(withCustomersMinor(dispenser)).toBe(found.kind === 'done' ? found.dispensedMinor : 0n);
      expectSettled(dispenser);
      const before = withCustomersMinor(dispenser);
      const repeated = await dispense(17_000n);
      if (found.kind === 'failed' && found.code === 'not_done') {
        expect(repeated).toMatchObject({ kind: 'done', dispensedMinor: 17_000n });
      } else {
        expect(repeated).toEqual(found);
        expect(withCustomersMinor(dispenser)).toBe(before);
      }
    }
  }
  expect(isWhole).toBe(true);
  expect([...ends].sort()).toEqual(['dispenser_unavailable', 'done', 'not_done']);
});

test('a world that was killed begins again where its memory says', async () => {
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const first = await create({ customerTakesAfterMs: 500 });
    await first.press('power_off_after', { steps });
    if ((await first.dispense(17_000n)).kind === 'done') break;
    const { dispenser, time } = await create({ memory: first.options.memory });
    const found = await inTime(time, dispenser.find('order'));
    expect(found.kind).not.toBe('unknown');
    expect(withCustomersMinor(dispenser)).toBe(found.kind === 'done' ? found.dispensedMinor : 0n);
    expectSettled(dispenser);
  }
});

test('whatever happens in a day, every note is accounted for', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('pay'), amount: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constant('bad'), amount: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('jam'), amount: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ kind: fc.constant('cut'), amount: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ kind: fc.constant('miscount'), amount: fc.integer({ min: 0, max: 3 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (day) => {
      const { dispenser, dispense, press, time } = await create();
      let paidMinor = 0n;
      for (const [at, { kind, amount }] of day.entries()) {
        if (kind === 'bad') await press('bad_notes', { notes: amount });
        if (kind === 'jam') await press('jam', { at: ['pick', 'present', 'retract'][amount] });
        if (kind === 'cut') await press('power_off_after', { steps: amount });
        if (kind === 'miscount') await press('miscount', { slot: 1 + (amount % 3), notes: amount });
        if (kind !== 'pay') continue;
        const key = `order ${at}`;
        await dispense(BigInt(amount) * 1_000n, { key });
        await press('power_on');
        await press('clear_jam');
        const found = await inTime(time, dispenser.find(key));
        expect(found.kind).not.toBe('unknown');
        if (found.kind === 'done') paidMinor += found.dispensedMinor;
      }
      expect(withCustomersMinor(dispenser)).toBe(paidMinor);
      const { shutter_notes, stacker_notes } = seen(dispenser);
      expect(shutter_notes + stacker_notes).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('a machine that cannot write stops where it is, and knows what became of it later', async () => {
  const ram = ramMemory();
  let writesLeft = 4;
  const memory = {
    read: () => ram.read(),
    write: (bytes: Uint8Array) => {
      writesLeft -= 1;
      return writesLeft === 0 ? Promise.reject(new Error('disk full')) : ram.write(bytes);
    },
  };
  const { dispenser, dispense, press, time } = await create({ memory });
  await expect(dispense(17_000n)).rejects.toMatchObject({ code: 'file_unusable' });
  expect(await inTime(time, dispenser.find('order'))).toMatchObject({ kind: 'unknown' });
  await press('power_on');
  expect(await inTime(time, dispenser.find('order'))).toMatchObject({ kind: 'failed' });
  expect(withCustomersMinor(dispenser)).toBe(0n);
  expectSettled(dispenser);
});

test('a person at the cassettes and a customer at once do no harm', async () => {
  const { dispenser, dispense, time } = await create();
  const filled = operate(dispenser, { name: 'fill', args: { slot: 1, notes: 80 } });
  const paid = dispense(10_000n);
  const refused = operate(dispenser, { name: 'fill', args: { slot: 1, notes: 90 } });
  expect((await inTime(time, Promise.all([filled, paid]))).map(({ kind }) => kind)).toEqual(['done', 'done']);
  expect(['done', 'impossible']).toContain((await inTime(time, refused)).kind);
  expectSettled(dispenser);
});

test('the memory outlives the process in a file, and a damaged one is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dispenser-'));
  const path = join(folder, 'memory');
  const start = () =>
    createSimulatedDispenser({
      memory: fileMemory(path),
      timers: systemTimers,
      cassettes: CASSETTES,
      noteMs: 1,
      customerTakesAfterMs: 1,
    });
  try {
    const first = await start();
    const order = { key: 'order', signal: NEVER, amountMinor: 5_000n, currency: 'EUR' };
    expect(await first.dispense(order)).toMatchObject({ kind: 'done' });
    const second = await start();
    expect(await second.find('order')).toMatchObject({ kind: 'done', dispensedMinor: 5_000n });
    expectSettled(second);
    const bytes = await readFile(path);
    for (const at of [0, 40, 100, bytes.length - 2]) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      await writeFile(path, damaged);
      await expect(start()).rejects.toMatchObject({ code: 'file_unusable' });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
