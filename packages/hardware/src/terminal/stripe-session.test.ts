/** Payments with a stripe, and how the terminal comes to take one. */
import { describe, expect, test } from 'vitest';
import { read, testWorlds, verify } from './testing-steps.ts';

const { world, worldOfNewCards } = testWorlds();

describe('a stripe', () => {
  test('of a card without a chip pays by its rules', async () => {
    const of = await worldOfNewCards();
    expect(await read(of, { card: 'visa-stripe-only', via: 'magstripe' })).toMatchObject({
      card: { entry: 'magstripe', serviceCode: '101', brand: 'visa' },
    });
    expect(await of.terminal.validateCard(of.call())).toMatchObject({ kind: 'done' });
    expect(await verify(of)).toEqual({ kind: 'done', verification: 'signature' });
    expect(await of.terminal.approveOffline(of.call(2_000n))).toMatchObject({
      kind: 'done',
      evidence: { chip: null, response_code: null, verification: 'signature', entry_mode: 'magstripe' },
    });
    await read(of, { card: 'visa-stripe-only', via: 'magstripe' });
    expect(await of.terminal.approveOffline(of.call(50_000n))).toMatchObject({ code: 'online_required' });
  });

  test('of a card with a chip is sent to the chip', async () => {
    const of = await world();
    of.reader.queue.push({ card: 'visa-no-pin', via: 'magstripe' });
    expect(await read(of, { card: 'visa-no-pin' })).toMatchObject({ card: { entry: 'chip' } });
    expect(of.shown).toContain('Please insert card');
  });

  test('stands in for a dead chip, and only online', async () => {
    const of = await worldOfNewCards();
    of.reader.queue.push({ card: 'visa-dead-chip' });
    expect(await read(of, { card: 'visa-dead-chip', via: 'magstripe' })).toMatchObject({
      card: { entry: 'fallback' },
    });
    expect(of.shown).toEqual([
      'Please present card',
      'Please remove card',
      'Please swipe card',
      'Please wait',
    ]);
    expect(await of.terminal.approveOffline(of.call(2_000n))).toMatchObject({ code: 'online_required' });
  });

  test('does not, where the store does not take that', async () => {
    const of = await world({ stripe: { floorLimit: 1n, acceptsFallback: false } });
    of.reader.queue.push({ card: 'visa-dead-chip' }, { card: 'visa-dead-chip', via: 'magstripe' });
    expect(await read(of, { card: 'visa-no-pin' })).toMatchObject({ card: { entry: 'chip' } });
  });

  test('that cannot be read is tried again, a few times', async () => {
    const of = await world();
    for (let count = 0; count < 5; count += 1)
      of.reader.queue.push({ card: 'visa-damaged-stripe', via: 'magstripe' });
    expect(await read(of, { card: 'visa-damaged-stripe', via: 'magstripe' })).toMatchObject({
      code: 'card_unreadable',
    });
  });
});
