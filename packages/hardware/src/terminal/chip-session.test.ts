/** Payments with a chip step by step, by contact and by a tap, with the real kernels against cards of the wallet. */
import { describe, expect, test } from 'vitest';
import { createTestIssuer } from '../simulated/testing-issuer.ts';
import { read, testWorlds, verify } from './testing-steps.ts';

const { world, worldOfNewCards } = testWorlds();

describe('a payment by contact', () => {
  test('goes step by step to an approval of the card', async () => {
    const of = await worldOfNewCards();
    const card = await read(of, { card: 'visa-offline-pin' }, 2_000n);
    expect(card).toMatchObject({
      kind: 'done',
      card: {
        token: expect.stringMatching(/^pan1_[\w-]{43}$/),
        brand: 'visa',
        masked: expect.stringMatching(/^476173\d\d\*{4}\d{4}$/),
        entry: 'chip',
        label: 'VISA CREDIT',
        serviceCode: '201',
        pinTriesLeft: 3,
      },
    });
    expect(await of.terminal.validateCard(of.call())).toMatchObject({ kind: 'done' });
    expect(await verify(of, '1234')).toEqual({ kind: 'done', verification: 'pin' });
    const approved = await of.terminal.approveOffline(of.call(2_000n));
    expect(approved).toMatchObject({
      kind: 'done',
      evidence: {
        application_label: 'VISA CREDIT',
        entry_mode: 'chip',
        verification: 'pin',
        response_code: 'Y1',
        chip: {
          application_id: 'F0484644011010',
          cryptogram: { type: 'TC', value: expect.stringMatching(/^[0-9A-F]{16}$/) },
          transaction_counter: expect.stringMatching(/^[0-9A-F]{4}$/),
        },
      },
    });
    expect(of.terminal.settlementData('w-1')).toMatchObject({ entry: 'chip', responseCode: 'Y1' });
    expect(of.screens.at(-1)).toEqual(['Approved', 'Please remove card']);
  });

  test('does what was left out when the card is to approve', async () => {
    const of = await worldOfNewCards();
    await read(of, { card: 'visa-no-pin' });
    expect(await of.terminal.approveOffline(of.call(2_000n))).toMatchObject({
      kind: 'done',
      evidence: { verification: 'none', response_code: 'Y1' },
    });
  });

  test('takes the amount that is known last, so that a tip may come after the reading', async () => {
    const of = await worldOfNewCards({ floorLimit: 5_000n });
    await read(of, { card: 'visa-no-pin' }, 4_999n);
    expect(await of.terminal.approveOffline(of.call(5_000n))).toMatchObject({ code: 'declined_by_card' });
  });

  test.each([
    ['visa-expired', 'expired_card'],
    ['visa-not-yet-effective', 'card_not_yet_valid'],
    ['visa-forged', 'card_not_authentic'],
    ['visa-revoked-issuer', 'card_not_authentic'],
  ])('%s is refused as %s', async (card, code) => {
    const of = await world();
    await read(of, { card });
    expect(await of.terminal.validateCard(of.call())).toMatchObject({ kind: 'failed', code });
  });

  test.each([
    ['visa-card-blocked', 'card_blocked'],
    ['visa-application-blocked', 'card_not_accepted'],
  ])('%s cannot be read: %s', async (card, code) => {
    const of = await world();
    expect(await read(of, { card })).toMatchObject({ kind: 'failed', code });
  });

  test('a card on the list is blocked', async () => {
    const of = await world();
    const card = await read(of, { card: 'visa-no-pin' });
    of.listed.add(card.kind === 'done' ? card.card.token : '');
    expect(await of.terminal.validateCard(of.call())).toMatchObject({ code: 'card_blocked' });
  });

  test('sales that are split meet the floor limit together', async () => {
    const of = await worldOfNewCards({ floorLimit: 5_000n });
    const card = await read(of, { card: 'visa-no-pin' });
    of.lastAmounts.set(card.kind === 'done' ? card.card.token : '', 3_000n);
    expect(await of.terminal.approveOffline(of.call(2_000n))).toMatchObject({ code: 'declined_by_card' });
    await read(of, { card: 'visa-no-pin' });
    expect(await of.terminal.approveOffline(of.call(1_999n))).toMatchObject({ kind: 'done' });
  });

  test('a step under a key that has succeeded gives the same answer again, and does nothing', async () => {
    const of = await worldOfNewCards();
    const reading = of.call(2_000n);
    of.reader.queue.push({ card: 'visa-no-pin' });
    const [first, second] = await Promise.all([of.terminal.readCard(reading), of.terminal.readCard(reading)]);
    expect(second).toEqual(first);
    const approving = of.call(2_000n);
    const approved = await of.terminal.approveOffline(approving);
    const { commands } = of.reader;
    expect(await of.terminal.approveOffline(approving)).toEqual(approved);
    expect(of.reader.commands).toBe(commands);
  });
});

describe('a PIN', () => {
  test('may be wrong once', async () => {
    const of = await worldOfNewCards();
    await read(of, { card: 'visa-offline-pin' });
    expect(await verify(of, '1111', '1234')).toEqual({ kind: 'done', verification: 'pin' });
  });

  test('is enciphered for a card that wants it so', async () => {
    const of = await world();
    await read(of, { card: 'visa-enciphered-pin' });
    expect(await verify(of, '2468')).toEqual({ kind: 'done', verification: 'pin' });
  });

  test('is locked by the card after three wrong ones', async () => {
    const of = await worldOfNewCards();
    const { wallet } = of;
    await read(of, { card: 'mastercard-offline-pin' });
    expect(await verify(of, '1111', '1112', '1113')).toMatchObject({ code: 'pin_locked' });
    const again = await world({ wallet });
    expect(await read(again, { card: 'mastercard-offline-pin' })).toMatchObject({
      card: { pinTriesLeft: 0 },
    });
    expect(await verify(again)).toMatchObject({ code: 'pin_locked' });
  });

  test.each([
    ['press_ok', 'pin_bypassed'],
    ['cancel', 'cancelled'],
    ['wait_too_long', 'cancelled'],
    ['unplug', 'no_pin_pad'],
  ])('%s is told as %s where there is no other way', async (name, code) => {
    for (const isAtm of [false, true]) {
      const of = await world({ isAtm });
      of.reader.queue.push({ card: 'visa-offline-pin' });
      await of.terminal.readCard({ ...of.call(), transaction: isAtm ? 'cash' : 'purchase' });
      const verified = of.terminal.verifyPin(of.call());
      await of.asked();
      await of.press(name);
      expect(await verified).toMatchObject({ kind: 'failed', code });
    }
  });

  test('that was wrong before it was given up is told as wrong', async () => {
    const of = await worldOfNewCards();
    await read(of, { card: 'visa-offline-pin' });
    const verified = of.terminal.verifyPin(of.call());
    await of.asked();
    await of.enter('1111');
    await of.asked();
    await of.press('press_ok');
    expect(await verified).toMatchObject({ code: 'wrong_pin' });
  });

  test('for the issuer is taken, and only the issuer can tell', async () => {
    const of = await world();
    await read(of, { card: 'visa-online-pin' });
    expect(await verify(of, '9999')).toEqual({ kind: 'done', verification: 'online_pin' });
  });

  test('a signature needs no PIN', async () => {
    const of = await world();
    await read(of, { card: 'visa-signature' });
    expect(await verify(of)).toEqual({ kind: 'done', verification: 'signature' });
  });
});

describe('the issuer', () => {
  test('is to be asked where the card wants it and somebody can be', async () => {
    const of = await worldOfNewCards({ isOnline: true });
    await read(of, { card: 'mastercard-online-only' });
    await verify(of, '8520');
    expect(await of.terminal.approveOffline(of.call(2_000n))).toMatchObject({ code: 'online_required' });
    const prepared = await of.terminal.prepareOnline(of.call());
    if (prepared.kind !== 'done') throw new Error(prepared.kind);
    const { card, chipData, pin } = prepared.request;
    expect(pin?.format).toBe(4);
    const issuer = createTestIssuer(of.wallet);
    const request = { chipData: chipData ?? new Uint8Array(), ...card };
    const answer = issuer.answer(request);
    expect(issuer.judged[0]?.isGenuine).toBe(true);
    if (answer.kind !== 'answered') throw new Error(answer.kind);
    const completed = await of.terminal.completeOnline({ ...of.call(), issuer: answer });
    expect(completed).toMatchObject({
      kind: 'done',
      isApproved: true,
      evidence: { response_code: '00', verification: 'pin', chip: { cryptogram: { type: 'TC' } } },
    });
  });

  test('cannot be asked: the card decides again, and says no', async () => {
    const of = await worldOfNewCards();
    await read(of, { card: 'mastercard-online-only' });
    await verify(of, '8520');
    expect(await of.terminal.approveOffline(of.call(2_000n))).toMatchObject({ code: 'declined_by_card' });
    // And again the same.
    expect(await of.terminal.approveOffline(of.call(2_000n))).toMatchObject({ code: 'declined_by_card' });
  });

  test('is asked on the wish of the merchant', async () => {
    const of = await world({ isOnline: true });
    await read(of, { card: 'visa-no-pin' });
    expect(await of.terminal.prepareOnline(of.call(2_000n))).toMatchObject({
      kind: 'done',
      request: { entry: 'chip', pin: null },
    });
  });

  test('that never answered leaves something to reverse', async () => {
    const of = await world({ isOnline: true });
    await read(of, { card: 'visa-no-pin' });
    await of.terminal.prepareOnline(of.call(2_000n));
    expect(await of.terminal.endSession(of.call())).toEqual({ mustReverse: true });
  });

  test('has nothing to complete that it was not asked about', async () => {
    const of = await world({ isOnline: true });
    await read(of, { card: 'visa-no-pin' });
    const issuer = { kind: 'answered', arc: '00', isApproved: true } as const;
    expect(await of.terminal.completeOnline({ ...of.call(), issuer })).toMatchObject({
      code: 'not_prepared',
    });
  });
});

describe('a card that is pulled out', () => {
  test('at any command is removed, and can be read again', async () => {
    const steady = await worldOfNewCards();
    const { wallet } = steady;
    await read(steady, { card: 'visa-no-pin' }, 2_000n);
    await steady.terminal.approveOffline(steady.call(2_000n));
    const total = steady.reader.commands;
    expect(total).toBeGreaterThan(8);
    for (let pullAfter = 0; pullAfter < total; pullAfter += 1) {
      const of = await world({ wallet });
      const card = await read(of, { card: 'visa-no-pin', pullAfter }, 2_000n);
      const last = card.kind === 'done' ? await of.terminal.approveOffline(of.call(2_000n)) : card;
      expect([pullAfter, last]).toMatchObject([pullAfter, { kind: 'failed', code: 'card_removed' }]);
      expect(of.terminal.settlementData('w-1')).toBeUndefined();
      expect(await read(of, { card: 'visa-no-pin' }, 2_000n)).toMatchObject({ kind: 'done' });
    }
  });

  test('between two steps is removed', async () => {
    const of = await worldOfNewCards();
    await read(of, { card: 'visa-no-pin' });
    of.reader.pull();
    expect(await of.terminal.validateCard(of.call())).toMatchObject({ code: 'card_removed' });
    expect(await of.terminal.approveOffline(of.call(2_000n))).toMatchObject({ code: 'card_removed' });
  });

  test('while the PIN is asked is removed', async () => {
    const of = await world();
    await read(of, { card: 'visa-offline-pin' });
    const verified = of.terminal.verifyPin(of.call());
    await of.asked();
    of.reader.pull();
    expect(await verified).toMatchObject({ code: 'card_removed' });
  });
});

describe('a tap', () => {
  test('is over before the next step, and stands', async () => {
    for (const card of ['visa-no-pin', 'mastercard-offline-only']) {
      const of = await worldOfNewCards();
      expect(await read(of, { card, via: 'contactless' }, 2_000n)).toMatchObject({
        card: { entry: 'contactless' },
      });
      of.reader.pull();
      expect(await of.terminal.validateCard(of.call())).toMatchObject({ kind: 'done' });
      expect(await verify(of)).toEqual({ kind: 'done', verification: 'none' });
      expect([card, await of.terminal.approveOffline(of.call(2_000n))]).toMatchObject([
        card,
        { kind: 'done', evidence: { entry_mode: 'contactless', chip: { cryptogram: { type: 'TC' } } } },
      ]);
    }
  });

  test('for another amount is another tap', async () => {
    const of = await worldOfNewCards();
    await read(of, { card: 'visa-no-pin', via: 'contactless' }, 2_000n);
    expect(await of.terminal.validateCard(of.call(2_500n))).toMatchObject({ code: 'card_removed' });
    expect(await of.terminal.verifyPin(of.call(2_500n))).toMatchObject({ code: 'card_removed' });
    expect(await of.terminal.approveOffline(of.call(2_500n))).toMatchObject({ code: 'card_removed' });
    expect(await of.terminal.approveOffline(of.call(2_000n))).toMatchObject({ kind: 'done' });
  });

  test('is not offered above its limit, nor while nobody knows the amount', async () => {
    const of = await world();
    await read(of, { card: 'visa-no-pin' }, 40_000n);
    await read(of, { card: 'visa-no-pin' });
    expect(of.reader.waits).toEqual([
      ['chip', 'magstripe'],
      ['chip', 'magstripe'],
    ]);
  });

  test('of a card that must not be tapped leads to the chip', async () => {
    const of = await world();
    of.reader.queue.push({ card: 'visa-application-blocked', via: 'contactless' });
    expect(await read(of, { card: 'visa-no-pin' }, 2_000n)).toMatchObject({ card: { entry: 'chip' } });
    expect(of.reader.waits.at(-1)).toEqual(['chip', 'magstripe']);
    expect(of.shown).toContain('Please insert card');
  });

  test('of a card that its issuer has blocked ends as by contact', async () => {
    const of = await world();
    expect(await read(of, { card: 'visa-card-blocked', via: 'contactless' }, 2_000n)).toMatchObject({
      code: 'card_blocked',
    });
    expect(of.screens.at(-1)).toEqual(['Declined', 'Please remove card']);
  });

  test('that was too short is tried again', async () => {
    const of = await world();
    of.reader.queue.push({ card: 'visa-no-pin', via: 'contactless', pullAfter: 2 });
    expect(await read(of, { card: 'visa-no-pin', via: 'contactless' }, 2_000n)).toMatchObject({
      kind: 'done',
    });
    expect(of.shown).toContain('Please try again');
  });
});
