/** The terminal between payments: whose turn it is, what it forgets, and what it never tells. */
import { describe, expect, test } from 'vitest';
import type { TestWorld } from './testing-payment.ts';
import { read, testWorlds, verify } from './testing-steps.ts';

const { wallet, world, worldOfNewCards } = testWorlds();

describe('the terminal', () => {
  test('has one payment at a time, and gives one up that nobody goes on with', async () => {
    const of = await worldOfNewCards();
    await read(of, { card: 'visa-no-pin' });
    expect(await of.terminal.readCard(of.call(1n, 'w-2'))).toMatchObject({ code: 'terminal_busy' });
    await of.ports.advance(60_000);
    of.reader.queue.push({ card: 'visa-signature' });
    expect(await of.terminal.readCard(of.call(1n, 'w-2'))).toMatchObject({ kind: 'done' });
    expect(await of.terminal.approveOffline(of.call(1n))).toMatchObject({ code: 'card_removed' });
  });

  test('is free for the next one once a payment has come to its outcome', async () => {
    const of = await worldOfNewCards();
    await read(of, { card: 'visa-no-pin' });
    await of.terminal.approveOffline(of.call(2_000n));
    of.reader.queue.push({ card: 'visa-signature' });
    expect(await of.terminal.readCard(of.call(1n, 'w-2'))).toMatchObject({ kind: 'done' });
  });

  test('is not free while the answer of a tap waits for the step that asks for it', async () => {
    const of = await worldOfNewCards();
    await read(of, { card: 'visa-no-pin', via: 'contactless' }, 2_000n);
    expect(await of.terminal.readCard(of.call(1n, 'w-2'))).toMatchObject({ code: 'terminal_busy' });
    await of.terminal.approveOffline(of.call(2_000n));
    of.reader.queue.push({ card: 'visa-signature' });
    expect(await of.terminal.readCard(of.call(1n, 'w-2'))).toMatchObject({ kind: 'done' });
  });

  test('is free at once when the instance has ended', async () => {
    const of = await world();
    await read(of, { card: 'visa-expired' });
    expect(await of.terminal.forget('another')).toEqual({ mustReverse: false });
    expect(await of.terminal.readCard(of.call(1n, 'w-2'))).toMatchObject({ code: 'terminal_busy' });
    await of.terminal.forget('w-1');
    of.reader.queue.push({ card: 'visa-signature' });
    expect(await of.terminal.readCard(of.call(1n, 'w-2'))).toMatchObject({ kind: 'done' });
  });

  test('wipes what it knows of a card: at the end, for the next one, and after a while', async () => {
    const ends = [
      (of: TestWorld) => of.terminal.endSession(of.call()),
      (of: TestWorld) => read(of, { card: 'visa-signature' }),
      (of: TestWorld) => of.ports.advance(300_000),
      (of: TestWorld) => of.terminal.close(),
    ];
    for (const end of ends) {
      const of = await worldOfNewCards();
      await read(of, { card: 'visa-no-pin' });
      await of.terminal.approveOffline(of.call(2_000n));
      const kept = of.terminal.settlementData('w-1');
      expect(kept?.card.pan.isWiped).toBe(false);
      await end(of);
      expect([kept?.card.pan.isWiped, kept?.card.track2?.isWiped]).toEqual([true, true]);
      expect(of.terminal.settlementData('w-1')).toBeUndefined();
    }
  });

  test('knows no card after a restart', async () => {
    const of = await world();
    for (const answer of [
      of.terminal.validateCard(of.call()),
      of.terminal.verifyPin(of.call()),
      of.terminal.approveOffline(of.call(1n)),
      of.terminal.prepareOnline(of.call()),
    ])
      expect(await answer).toMatchObject({ kind: 'failed', code: 'card_removed' });
    expect(await of.terminal.endSession(of.call())).toEqual({ mustReverse: false });
  });

  test('stops waiting when nobody waits any more, and says when its reader is gone', async () => {
    const of = await world();
    const stop = new AbortController();
    const reading = of.terminal.readCard({ ...of.call(), signal: stop.signal });
    await of.ports.advance(0);
    stop.abort();
    expect(await reading).toMatchObject({ code: 'cancelled' });
    expect(await read(of, { kind: 'gone', message: '' })).toMatchObject({ code: 'reader_unavailable' });
  });

  test('asks for one card where there are two', async () => {
    const of = await world();
    of.reader.queue.push({ kind: 'collision' });
    expect(await read(of, { card: 'visa-no-pin' }, 1n)).toMatchObject({ kind: 'done' });
    expect(of.shown).toContain('One card only please');
  });

  test('lets the customer choose where there is a way to ask', async () => {
    const of = await world({ choose: async (labels) => labels.indexOf('MAESTRO') });
    expect(await read(of, { card: 'debit-choice' })).toMatchObject({ card: { label: 'MAESTRO' } });
    const first = await world();
    expect(await read(first, { card: 'debit-choice' })).toMatchObject({
      card: { label: 'DEBIT MASTERCARD' },
    });
    const none = await world({ choose: async () => undefined });
    expect(await read(none, { card: 'debit-choice' })).toMatchObject({ code: 'cancelled' });
  });

  test('tells nothing of a card that must not be told', async () => {
    const of = await worldOfNewCards();
    const answers = [
      await read(of, { card: 'visa-offline-pin' }, 2_000n),
      await of.terminal.validateCard(of.call()),
      await verify(of, '1234'),
      await of.terminal.approveOffline(of.call(2_000n)),
    ];
    const text = JSON.stringify(answers);
    const pan = of.terminal.settlementData('w-1')?.card.pan.use((digits) => Buffer.from(digits).toString());
    expect(pan).toMatch(/^476173\d{10}$/);
    expect(text).not.toContain(pan);
    expect(() => JSON.stringify(of.terminal.settlementData('w-1'))).toThrow();
  });
});

test('every card of the wallet ends somehow, by contact and by a tap', async () => {
  for (const { id, hasChip, hasAntenna } of wallet.cards) {
    for (const via of ['chip', 'contactless', 'magstripe'] as const) {
      if ((via === 'chip' && !hasChip) || (via === 'contactless' && !hasAntenna)) continue;
      const of = await world();
      of.reader.queue.push({ card: id, via }, { kind: 'gone', message: '' });
      const card = await of.terminal.readCard(of.call(2_000n));
      const approving = card.kind === 'done' ? of.terminal.approveOffline(of.call(2_000n)) : card;
      for (let count = 0; count < 3; count += 1) {
        await of.ports.advance(0);
        await of.press('press_ok');
      }
      const { kind, ...rest } = await approving;
      expect([id, via, kind]).toEqual([id, via, kind === 'failed' ? 'failed' : 'done']);
      if (kind === 'failed') expect(rest).toMatchObject({ code: expect.stringMatching(/^[a-z_]+$/) });
    }
  }
});
