/** What a payment terminal must not be talked into, by a card, by a caller, or by a device that fails. */
import { must } from '@holdfast/base';
import { type CardData, CardData as Data, toHex } from '@holdfast/cards';
import { describe, expect, test } from 'vitest';
import type { CardLink, Presented } from '../ports/card-reader.ts';
import { type TestWorld, testWorld } from './testing-payment.ts';
import { read, testWorlds, verify } from './testing-steps.ts';

const { wallet, world, worldOfNewCards } = testWorlds();
const APPROVED = { kind: 'answered', arc: '00', isApproved: true } as const;
const DECLINED = { kind: 'answered', arc: '51', isApproved: false } as const;

/** A chip of the wallet by contact, whose answers somebody changes. */
function changed(id: string, change: (answer: Uint8Array, command: Uint8Array) => Uint8Array) {
  const chip = must(wallet.card(id)?.powerUp('contact'), 'the card has a chip');
  const of = { released: 0 };
  const link: CardLink = {
    removed: new AbortController().signal,
    async transmit(command) {
      const asked = command.slice();
      return { kind: 'answer', response: change(await chip.transmit(asked), asked) };
    },
    release: async () => {
      of.released += 1;
    },
  };
  return { of, presented: { kind: 'chip', link } as const };
}

/** Presents this once, and afterwards nothing. */
function presentOnce({ reader }: TestWorld, presented: Presented): void {
  let left: Presented | undefined = presented;
  reader.present = async () => {
    const next = left ?? ({ kind: 'gone', message: '' } as const);
    left = undefined;
    return next;
  };
}

describe('another amount', () => {
  test('than the holder was verified for needs the card again', async () => {
    const of = await worldOfNewCards();
    await read(of, { card: 'visa-offline-pin' }, 2_000n);
    expect(await verify(of, '1234')).toMatchObject({ verification: 'pin' });
    expect(await of.terminal.approveOffline(of.call(2_001n))).toMatchObject({ code: 'card_removed' });
    expect(await of.terminal.prepareOnline(of.call(2_001n))).toMatchObject({ code: 'card_removed' });
    expect(await of.terminal.approveOffline(of.call(2_000n))).toMatchObject({ kind: 'done' });
  });

  test('than the card has approved is not approved', async () => {
    const of = await worldOfNewCards();
    await read(of, { card: 'visa-no-pin' });
    expect(await of.terminal.approveOffline(of.call(2_000n))).toMatchObject({ kind: 'done' });
    expect(await of.terminal.approveOffline(of.call(49_000n))).toMatchObject({ code: 'card_removed' });
    expect(await of.terminal.approveOffline(of.call())).toMatchObject({ kind: 'done' });
  });

  test('than the issuer is asked about is not asked about', async () => {
    const of = await worldOfNewCards({ isOnline: true });
    await read(of, { card: 'visa-no-pin' });
    await of.terminal.prepareOnline(of.call(2_000n));
    expect(await of.terminal.prepareOnline(of.call(3_000n))).toMatchObject({ code: 'card_removed' });
    expect(await of.terminal.prepareOnline(of.call(2_000n))).toMatchObject({ kind: 'done' });
  });

  test('than a stripe has paid does not slip below the floor limit with it', async () => {
    const of = await worldOfNewCards();
    await read(of, { card: 'visa-stripe-only', via: 'magstripe' });
    expect(await of.terminal.approveOffline(of.call(2_000n))).toMatchObject({ kind: 'done' });
    expect(await of.terminal.approveOffline(of.call(60_000n))).toMatchObject({ code: 'card_removed' });
    expect(await of.terminal.approveOffline(of.call(2_000n))).toMatchObject({ kind: 'done' });
  });

  test('stands beside the question for the PIN, from the reading on', async () => {
    const of = await worldOfNewCards();
    await read(of, { card: 'visa-offline-pin' }, 2_000n);
    const verified = of.terminal.verifyPin(of.call());
    await of.asked();
    expect(of.pad.snapshot().asks).toMatchObject({ amount: expect.stringContaining('20.00') });
    await of.enter('1234');
    expect(await verified).toMatchObject({ kind: 'done' });
  });
});

test('an amount that no card can be told is refused before a card is asked for', async () => {
  const of = await world();
  for (const amountMinor of [-1n, 1_000_000_000_000n]) {
    of.reader.queue.push({ card: 'visa-no-pin' });
    expect(await of.terminal.readCard(of.call(amountMinor))).toMatchObject({ code: 'card_not_accepted' });
    of.reader.queue.length = 0;
    await read(of, { card: 'visa-no-pin' });
    for (const step of ['validateCard', 'verifyPin', 'approveOffline', 'prepareOnline'] as const)
      expect(await of.terminal[step](of.call(amountMinor))).toMatchObject({ code: 'card_not_accepted' });
    expect(await of.terminal.validateCard(of.call(999_999_999_999n))).toMatchObject({ kind: 'done' });
  }
});

describe('an issuer that may have approved', () => {
  test('and was not heard of is reversed, also where the card has decided by itself since', async () => {
    for (const presenting of [
      { card: 'visa-no-pin' },
      { card: 'visa-stripe-only', via: 'magstripe' } as const,
    ]) {
      const of = await worldOfNewCards({ isOnline: true });
      await read(of, presenting, 2_000n);
      expect(await of.terminal.prepareOnline(of.call())).toMatchObject({ kind: 'done' });
      await of.terminal.approveOffline(of.call());
      expect(await of.terminal.endSession(of.call())).toEqual({ mustReverse: true });
    }
  });

  test('is not reversed where nobody asked it, or where it was heard', async () => {
    const of = await worldOfNewCards({ isOnline: true });
    await read(of, { card: 'mastercard-online-only' }, 2_000n);
    await verify(of, '8520');
    expect(await of.terminal.approveOffline(of.call())).toMatchObject({ code: 'online_required' });
    expect(await of.terminal.endSession(of.call())).toEqual({ mustReverse: false });
    await read(of, { card: 'visa-stripe-only', via: 'magstripe' }, 2_000n);
    await of.terminal.prepareOnline(of.call());
    await of.terminal.completeOnline({ ...of.call(), issuer: DECLINED });
    expect(await of.terminal.endSession(of.call())).toEqual({ mustReverse: false });
  });

  test('has said no to a stripe: a second answer changes nothing', async () => {
    const of = await worldOfNewCards({ isOnline: true });
    await read(of, { card: 'visa-stripe-only', via: 'magstripe' }, 2_000n);
    await of.terminal.prepareOnline(of.call());
    const complete = async (issuer: typeof APPROVED | typeof DECLINED) =>
      await of.terminal.completeOnline({ ...of.call(), issuer });
    expect(await complete(DECLINED)).toMatchObject({ isApproved: false });
    expect(await complete(APPROVED)).toMatchObject({ isApproved: false });
  });
});

describe('when something fails, card data do not stay', () => {
  test('of a chip or a stripe, where the secure element gives no token', async () => {
    for (const via of ['chip', 'magstripe'] as const) {
      const held: CardData[] = [];
      const broken = {
        kind: 'secure_element',
        tokenOf: async (pan: CardData) => {
          held.push(pan);
          throw new Error('the element is gone');
        },
        encryptPin: async () => ({ kind: 'failed', code: 'no_key', message: '' }) as const,
        status: async () =>
          ({ kind: 'secure_element', name: '', state: 'gone', attention: null, facts: {} }) as const,
        close: async () => undefined,
      } as const;
      const of = await testWorld({ wallet, secureElement: broken });
      const tracks = must(wallet.card('visa-stripe-only'), 'the wallet has the card').swipe();
      const chip = changed('visa-no-pin', (answer) => answer);
      presentOnce(of, via === 'chip' ? chip.presented : { kind: 'magstripe', tracks });
      await expect(of.terminal.readCard(of.call(2_000n))).rejects.toThrow('the element is gone');
      expect(held.map(({ isWiped }) => isWiped)).toEqual([true]);
      expect([tracks.track1?.isWiped, tracks.track2?.isWiped]).toEqual(
        via === 'chip' ? [false, false] : [true, true],
      );
      expect(chip.of.released).toBe(via === 'chip' ? 1 : 0);
      expect(await of.terminal.readCard(of.call(2_000n))).toMatchObject({ code: 'reader_unavailable' });
    }
  });

  test('in a command that was lost with its reader', async () => {
    const of = await world();
    const sent: Uint8Array[] = [];
    const { presented } = changed('visa-offline-pin', (answer) => answer);
    const { link } = presented;
    const transmit = link.transmit.bind(link);
    const breaking: CardLink = {
      ...link,
      async transmit(command) {
        if (command[1] !== 0x20 && command[1] !== 0xae) return await transmit(command);
        sent.push(command);
        throw new Error('the reader is gone');
      },
    };
    presentOnce(of, { kind: 'chip', link: breaking });
    await of.terminal.readCard(of.call(2_000n));
    const verified = of.terminal.verifyPin(of.call());
    const refused = expect(verified).rejects.toThrow('the reader is gone');
    await of.asked();
    await of.enter('1234');
    await refused;
    expect(sent.map((command) => toHex(command))).toEqual(['00'.repeat(13)]);
  });
});

describe('a stripe', () => {
  test('whose second track cannot be read does not carry it to the issuer beside the number of the first', async () => {
    const of = await world({ isOnline: true });
    const own = must(wallet.card('visa-stripe-only'), 'the wallet has the card').swipe();
    const strange = Data.ofText(';4761739001010010=31121010000000000?1');
    presentOnce(of, { kind: 'magstripe', tracks: { track1: own.track1, track2: strange } });
    expect(await of.terminal.readCard(of.call(2_000n))).toMatchObject({ card: { entry: 'magstripe' } });
    const prepared = await of.terminal.prepareOnline(of.call());
    expect(prepared).toMatchObject({ kind: 'done' });
    expect(prepared.kind === 'done' && prepared.request.card.track2).toBeUndefined();
    expect(strange.isWiped).toBe(true);
  });
});

describe('a device that never answers', () => {
  test('is waited for as long as somebody waits', async () => {
    const never = new Promise<never>(() => undefined);
    for (const card of ['visa-offline-pin', 'visa-online-pin']) {
      const pad = { verifyWithCard: () => never, encryptForIssuer: () => never };
      const of = await world();
      const stuck = await testWorld({ wallet, pinPad: { ...of.pad, ...pad } });
      await read(stuck, { card }, 2_000n);
      const stop = new AbortController();
      const verified = stuck.terminal.verifyPin({ ...stuck.call(), signal: stop.signal });
      await stuck.ports.advance(0);
      stop.abort();
      expect(await verified).toMatchObject({ code: 'cancelled' });
      expect(await read(stuck, { card: 'visa-signature' }, 2_000n)).toMatchObject({ kind: 'done' });
    }
  });
});

test('a date that is none counts as one long ago', async () => {
  const of = await world();
  const { presented } = changed('visa-no-pin', (answer) => {
    const at = Buffer.from(answer).indexOf(Buffer.from('5F2403', 'hex'));
    if (at !== -1) answer.set([0xab, 0xcd, 0xef], at + 3);
    return answer;
  });
  presentOnce(of, presented);
  expect(await of.terminal.readCard(of.call(2_000n))).toMatchObject({ card: { expiry: '0000-01' } });
  expect(await of.terminal.validateCard(of.call())).toMatchObject({ code: 'expired_card' });
});
