import { createContactKernel, driveKernel, fromHex, parseTrack2 } from '@holdfast/cards';
import { expect, test } from 'vitest';
import type { CardAnswer, CardLink, EntryMode, Presented } from '../ports/card-reader.ts';
import { inTime, virtualTime } from '../testing-time.ts';
import { createRamCardMemory } from './card/memory.ts';
import { operate } from './controls.ts';
import { createSimulatedReader, type SimulatedReader } from './reader.ts';
import { settingOf, testWallet } from './testing-terminal.ts';
import type { Wallet } from './wallet.ts';

const shared = testWallet();
const ALL: readonly EntryMode[] = ['chip', 'contactless', 'magstripe'];
const SELECT = fromHex('00A4040007F048464401101000');
const NEVER = new AbortController().signal;

function world(entries: readonly EntryMode[] = ALL) {
  const ports = virtualTime();
  const wallet = shared.withMemory(createRamCardMemory());
  const reader = createSimulatedReader({ timers: ports.timers, cards: wallet.cards, entries });
  const card = (id: string) => {
    const found = wallet.card(id);
    if (found === undefined) throw new Error(id);
    return found;
  };
  const present = (wanted = entries, signal = NEVER) => reader.present({ entries: wanted, signal });
  return { ports, wallet, reader, card, present, timed: <T>(promise: Promise<T>) => inTime(ports, promise) };
}

function linkOf(presented: Presented): CardLink {
  if (presented.kind !== 'chip' && presented.kind !== 'contactless') throw new Error(presented.kind);
  return presented.link;
}

function swOf(answer: CardAnswer): string {
  return answer.kind === 'answer' ? Buffer.from(answer.response.slice(-2)).toString('hex') : answer.kind;
}

test('a card in the slot is presented, answers, and is gone when it was pulled out', async () => {
  const { reader, card, present, timed } = world();
  const waiting = present();
  expect(reader.insert(card('visa-offline-pin'))).toBeUndefined();
  const link = linkOf(await timed(waiting));
  expect(swOf(await timed(link.transmit(SELECT)))).toBe('9000');
  expect(await reader.status()).toMatchObject({ state: 'busy', facts: { card_in_slot: true } });
  expect(link.removed.aborted).toBe(false);
  const cleared = reader.cleared(NEVER);
  reader.pullOut();
  expect(link.removed.aborted).toBe(true);
  await cleared;
  expect(swOf(await timed(link.transmit(SELECT)))).toBe('removed');
  expect(await reader.status()).toMatchObject({ state: 'ready', facts: { card_in_slot: false } });
});

test('a card that was there before is presented too, and one that was released needs another start', async () => {
  const { reader, card, present, timed } = world();
  reader.insert(card('visa-offline-pin'));
  const link = linkOf(await timed(present()));
  await link.release();
  await link.release();
  expect(swOf(await timed(link.transmit(SELECT)))).toBe('removed');
  expect(link.removed.aborted).toBe(false);
  const again = linkOf(await timed(present()));
  expect(swOf(await timed(again.transmit(SELECT)))).toBe('9000');
});

test('who waits while another card has power gets what is there when it is released', async () => {
  const { reader, card, present, timed } = world();
  reader.insert(card('visa-offline-pin'));
  const link = linkOf(await timed(present()));
  const next = present();
  await link.release();
  expect((await timed(next)).kind).toBe('chip');
});

test.each([
  [{ commands: 0, losesAnswer: false }, ['removed', 'removed']],
  [{ commands: 1, losesAnswer: false }, ['9000', 'removed']],
  [{ commands: 1, losesAnswer: true }, ['removed', 'removed']],
  [{ commands: 2, losesAnswer: true }, ['9000', 'removed']],
])('pulled out after %o', async (pull, answers) => {
  const { reader, card, present, timed } = world();
  reader.insert(card('visa-offline-pin'), pull);
  const link = linkOf(await timed(present()));
  const got = [];
  for (const command of [SELECT, SELECT]) got.push(swOf(await timed(link.transmit(command))));
  expect(got).toEqual(answers);
});

test('a command whose answer was lost was carried out all the same', async () => {
  const { reader, wallet, card, present, timed } = world();
  const pull = { commands: 2, losesAnswer: true };
  reader.insert(card('visa-offline-pin'), pull);
  const link = linkOf(await timed(present()));
  await timed(link.transmit(SELECT));
  expect(swOf(await timed(link.transmit(fromHex('80A8000002830000'))))).toBe('removed');
  const chip = wallet.card('visa-offline-pin')?.powerUp('contact');
  await chip?.transmit(SELECT);
  const counter = await chip?.transmit(fromHex('80CA9F3600'));
  expect(Buffer.from(counter ?? []).toString('hex')).toBe('9f360200159000');
});

test('pulled out while it gets power, the reader goes on waiting', async () => {
  const { ports, reader, card, present, timed } = world();
  const waiting = present();
  reader.insert(card('visa-offline-pin'));
  await ports.advance(100);
  reader.pullOut();
  await ports.advance(1_000);
  reader.insert(card('visa-signature'));
  expect((await timed(waiting)).kind).toBe('chip');
});

test('a slow chip takes its time, and one that is too slow for the reader is mute', async () => {
  const { ports, reader, wallet, card, present, timed } = world();
  reader.insert(card('visa-slow-chip'));
  const link = linkOf(await timed(present()));
  const before = ports.clock.monotonicMs();
  expect(swOf(await timed(link.transmit(SELECT)))).toBe('9000');
  expect(ports.clock.monotonicMs() - before).toBeGreaterThanOrEqual(1_500);
  const times = { muteAfterMs: 1_000 };
  const hasty = createSimulatedReader({ timers: ports.timers, cards: wallet.cards, times });
  hasty.insert(card('visa-slow-chip'));
  const mute = linkOf(await timed(hasty.present({ entries: ALL, signal: NEVER })));
  expect(await timed(mute.transmit(SELECT))).toEqual({ kind: 'mute' });
});

test('a dead chip and a damaged stripe cannot be read, a stripe is', async () => {
  const { reader, card, present, timed } = world();
  const dead = present();
  reader.insert(card('visa-dead-chip'));
  expect(await timed(dead)).toEqual({ kind: 'unreadable', entry: 'chip' });
  reader.pullOut();
  const damaged = present();
  reader.swipe(card('visa-damaged-stripe'));
  expect(await timed(damaged)).toEqual({ kind: 'unreadable', entry: 'magstripe' });
  const fallback = present();
  reader.swipe(card('visa-dead-chip'));
  const read = await timed(fallback);
  if (read.kind !== 'magstripe') throw new Error(read.kind);
  expect(read.tracks.track2?.use((track) => parseTrack2(track).ok)).toBe(true);
  read.tracks.track1?.wipe();
  read.tracks.track2?.wipe();
});

test('a tap: one card, none that is felt, two at once; it leaves the field after a while', async () => {
  const { ports, reader, card, present, timed } = world();
  const one = present();
  reader.tap(card('visa-offline-pin'));
  const link = linkOf(await timed(one));
  expect(swOf(await timed(link.transmit(SELECT)))).toBe('9000');
  const cleared = reader.cleared(NEVER);
  await ports.advance(2_000);
  await cleared;
  expect(link.removed.aborted).toBe(true);
  expect(swOf(await timed(link.transmit(SELECT)))).toBe('removed');

  const two = present();
  reader.tap(card('visa-stripe-only'));
  await ports.advance(2_000);
  expect(reader.tap(card('visa-offline-pin'), card('mastercard-offline-pin'))).toBeUndefined();
  expect(reader.tap(card('visa-signature'))).toBe('A card is in the field: wait until it has left.');
  expect(await timed(two)).toEqual({ kind: 'collision' });
  await ports.advance(2_000);

  // Of two cards of which one has no antenna the other is read.
  const mixed = present();
  reader.tap(card('mastercard-static'), card('mastercard-offline-pin'));
  expect((await timed(mixed)).kind).toBe('contactless');
});

test('only what is waited for is presented', async () => {
  const { ports, reader, card, present, timed } = world();
  const waiting = present(['chip']);
  reader.tap(card('visa-offline-pin'));
  expect(reader.swipe(card('visa-offline-pin'))).toBe('The reader does not wait for a stripe now.');
  await ports.advance(3_000);
  reader.insert(card('visa-offline-pin'));
  expect((await timed(waiting)).kind).toBe('chip');
});

test('waiting ends when it is aborted, and a card that comes later is not lost', async () => {
  const { ports, reader, card, present, timed } = world();
  const abort = new AbortController();
  const waiting = present(ALL, abort.signal);
  reader.insert(card('visa-offline-pin'));
  await ports.advance(100);
  abort.abort();
  expect(await waiting).toEqual({ kind: 'aborted' });
  expect(await present(ALL, abort.signal)).toEqual({ kind: 'aborted' });
  const impatient = new AbortController();
  const cleared = reader.cleared(impatient.signal);
  impatient.abort();
  await cleared;
  expect((await timed(present())).kind).toBe('chip');
});

test('unplugged: who waits is told, the card loses its power and stays where it is', async () => {
  const { reader, card, present, timed } = world();
  reader.insert(card('visa-offline-pin'));
  const link = linkOf(await timed(present()));
  const slow = link.transmit(SELECT);
  reader.unplug();
  expect(swOf(await timed(slow))).toBe('removed');
  expect(link.removed.aborted).toBe(true);
  expect(await present()).toMatchObject({ kind: 'gone', message: expect.stringContaining('plug it in') });
  expect(await reader.status()).toMatchObject({
    state: 'gone',
    attention: expect.stringContaining('plug it in'),
  });
  reader.plug();
  expect((await timed(present())).kind).toBe('chip');
  const waiting = world();
  const told = waiting.present();
  waiting.reader.unplug();
  expect(await told).toMatchObject({ kind: 'gone' });
});

test('closed: who waits is let go, and nobody is served any more', async () => {
  const { reader, card, present } = world();
  const waiting = present();
  reader.insert(card('visa-offline-pin'));
  const cleared = reader.cleared(NEVER);
  await reader.close();
  expect(await waiting).toEqual({ kind: 'aborted' });
  await cleared;
  expect(await present()).toMatchObject({ kind: 'gone' });
});

test('two who wait at once, or two commands at once, are a defect of the program', async () => {
  const { reader, card, present, timed } = world();
  const waiting = present();
  expect(() => present()).toThrow('one card at a time');
  reader.insert(card('visa-offline-pin'));
  const link = linkOf(await timed(waiting));
  const first = link.transmit(SELECT);
  await expect(link.transmit(SELECT)).rejects.toThrow('one command at a time');
  await timed(first);
});

test('a reader with fewer ways has no others', () => {
  const { reader, card } = world(['magstripe']);
  expect(reader.insert(card('visa-offline-pin'))).toBe('This reader has no slot.');
  expect(reader.tap(card('visa-offline-pin'))).toBe('This reader has no field.');
  const chipOnly = world(['chip']);
  expect(chipOnly.reader.swipe(chipOnly.card('visa-offline-pin'))).toBe('This reader reads no stripes.');
});

test('the controls do what a hand does, and a snapshot shows it', async () => {
  const { ports, reader, present, timed } = world();
  const does = async (name: string, args?: unknown) => (await operate(reader, { name, args })).kind;
  const visa = { card: 'visa-offline-pin' };
  const waiting = present();
  expect(await does('insert', visa)).toBe('done');
  expect(await does('insert', visa)).toBe('impossible');
  expect(await does('insert', { card: 'nobody' })).toBe('invalid');
  const link = linkOf(await timed(waiting));
  expect(reader.snapshot()).toEqual({
    is_plugged: true,
    is_powering_a_card: true,
    waits_for: [],
    card_in_slot: 'visa-offline-pin',
    cards_in_field: [],
  });
  expect(await does('pull_out')).toBe('done');
  expect(await does('pull_out')).toBe('impossible');
  expect(link.removed.aborted).toBe(true);
  expect(await does('swipe', visa)).toBe('impossible');
  expect(await does('tap_two', { ...visa, other: 'visa-offline-pin' })).toBe('impossible');
  expect(await does('tap_two', { ...visa, other: 'visa-signature' })).toBe('done');
  expect(reader.snapshot()).toMatchObject({ cards_in_field: ['visa-offline-pin', 'visa-signature'] });
  await ports.advance(2_000);
  expect(await does('tap', visa)).toBe('done');
  expect(await does('insert_and_pull', { ...visa, commands: 0, loses_answer: false })).toBe('done');
  expect(await does('unplug')).toBe('done');
  expect(await does('plug')).toBe('done');
});

/** A payment through the reader; the card is pulled out after so many commands. */
async function payThrough(reader: SimulatedReader, wallet: Wallet, of: ReturnType<typeof world>) {
  const link = linkOf(await of.timed(of.present()));
  const kernel = createContactKernel(settingOf({ wallet }));
  const outcome = driveKernel(kernel, {
    transmit: async (command) => {
      const answer = await link.transmit(command);
      return answer.kind === 'answer' ? answer.response : undefined;
    },
    answer: async () => ({ to: 'any', kind: 'cancelled' }),
  });
  const ended = await of.timed(outcome);
  reader.pullOut();
  return ended;
}

test('pulled out after any command, a payment ends there, and every one that began has counted', async () => {
  const of = world();
  const { reader, wallet, card } = of;
  const endings: string[] = [];
  for (let commands = 0; commands <= 16; commands += 1) {
    reader.insert(card('visa-no-pin'), { commands, losesAnswer: commands % 2 === 1 });
    const outcome = await payThrough(reader, wallet, of);
    endings.push(outcome.kind === 'terminated' ? outcome.reason : outcome.kind);
  }
  // With the fourteenth command the card asks for its issuer, and nobody wants to ask.
  const removed = Array.from({ length: 14 }, () => 'card_removed');
  expect(endings).toEqual([...removed, 'cancelled', 'cancelled', 'cancelled']);
  // The fifth command begins a payment: twelve of them after the twenty that the card was made with.
  const chip = wallet.card('visa-no-pin')?.powerUp('contact');
  await chip?.transmit(SELECT);
  const counter = await chip?.transmit(fromHex('80CA9F3600'));
  expect(Buffer.from(counter ?? []).toString('hex')).toBe('9f360200209000');
});
