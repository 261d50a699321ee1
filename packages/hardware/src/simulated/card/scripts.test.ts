/** Commands of the issuer: real ones, with codes by the issuer's keys, within whole payments and by hand. */
import {
  CardData,
  encipherNewPin,
  type PaymentOutcome,
  TVR,
  toHex,
  writeScriptCommand,
} from '@holdfast/cards';
import { describe, expect, test } from 'vitest';
import { createTestIssuer, type IssuerBehaviour, type Judged, judge, keysOfCard } from '../testing-issuer.ts';
import { chipOf, pay, testWallet } from '../testing-terminal.ts';
import type { Wallet } from '../wallet.ts';
import { createRamCardMemory } from './memory.ts';
import { CARD_PRODUCTS } from './products.ts';
import { ask, begin, CDOL1_DATA, say, swOf, valueIn } from './testing-chip.ts';

const wallet = testWallet();
const CARDS = ['visa-offline-pin', 'visa-enciphered-pin', 'mastercard-offline-pin', 'amex-signature'];
const pinOf = (id: string) => CARD_PRODUCTS.find((product) => product.id === id)?.pin ?? '0000';

/** A command of each kind: class, instruction and parameters. */
const COMMANDS = {
  block: { cla: 0x84, ins: 0x1e, p1: 0, p2: 0 },
  unblock: { cla: 0x84, ins: 0x18, p1: 0, p2: 0 },
  cardBlock: { cla: 0x84, ins: 0x16, p1: 0, p2: 0 },
  pinUnblock: { cla: 0x84, ins: 0x24, p1: 0, p2: 0 },
  pinChange: { cla: 0x84, ins: 0x24, p1: 0, p2: 2 },
  lowerLimit: { cla: 0x04, ins: 0xda, p1: 0x9f, p2: 0x58 },
  upperLimit: { cla: 0x04, ins: 0xda, p1: 0x9f, p2: 0x59 },
} as const;

type Sent = { kind: keyof typeof COMMANDS; data?: Uint8Array; pin?: string };

/** The commands for a card and a payment, as its issuer writes them. */
function written(
  of: Wallet,
  id: string,
  { version, atc, cryptogram }: Judged,
  sent: readonly Sent[],
): Uint8Array[] {
  using pan = panOf(of, id);
  const keys = keysOfCard(of, pan);
  return sent.map(({ kind, data, pin }, index) => {
    const place = { atc, applicationCryptogram: cryptogram, index };
    const secret =
      pin === undefined ? data : encipherNewPin(version, { keys, place, pin: CardData.ofText(pin) });
    return writeScriptCommand(version, { keys, place, ...COMMANDS[kind], data: secret });
  });
}

/** The number is on the stripe: between the start sentinel and the separator. */
function panOf(of: Wallet, id: string): CardData {
  const tracks = of.card(id)?.swipe();
  const pan = tracks?.track2?.use((track) => CardData.take(track.slice(1, track.indexOf(0x3d))));
  tracks?.track1?.wipe();
  tracks?.track2?.wipe();
  if (pan === undefined) throw new Error('the card has a stripe');
  return pan;
}

async function payOnline(of: Wallet, id: string, sent: readonly Sent[], change: IssuerBehaviour = {}) {
  const issuer = createTestIssuer(of, {
    scripts: (judged) => ({ template: '72', commands: written(of, id, judged, sent) }),
    ...change,
  });
  const pins = [pinOf(id)];
  return await pay(chipOf(of, id), 'contact', { wallet: of, issuer, pins, payment: { amount: 15_000n } });
}

function resultsOf(outcome: PaymentOutcome): string[] {
  if (outcome.kind === 'terminated') throw new Error(outcome.reason);
  return outcome.evidence.scriptResults.map(toHex);
}

const fresh = () => wallet.withMemory(createRamCardMemory());

describe.each(CARDS)('%s', (id) => {
  test('blocks its application', async () => {
    const of = fresh();
    const outcome = await payOnline(of, id, [{ kind: 'block' }]);
    expect(outcome.kind).toBe('approved');
    expect(resultsOf(outcome)).toEqual(['2000000001']);
    const next = await pay(chipOf(of, id), 'contact', { wallet: of, pins: [pinOf(id)] });
    expect(next).toMatchObject({ kind: 'terminated', reason: 'no_application', isFallbackAllowed: false });
  });

  test('blocks itself', async () => {
    const of = fresh();
    expect(resultsOf(await payOnline(of, id, [{ kind: 'cardBlock' }]))).toEqual(['2000000001']);
    const next = await pay(chipOf(of, id), 'contact', { wallet: of });
    expect(next).toMatchObject({ kind: 'terminated', reason: 'card_blocked' });
  });

  test('takes its limits from the issuer, several in one script', async () => {
    const of = fresh();
    const sent: Sent[] = [
      { kind: 'lowerLimit', data: Uint8Array.of(0) },
      { kind: 'upperLimit', data: Uint8Array.of(9) },
    ];
    expect(resultsOf(await payOnline(of, id, sent))).toEqual(['2000000001']);
    const card = chipOf(of, id);
    const next = await pay(card, 'contact', { wallet: of, pins: [pinOf(id)] });
    expect(next).toMatchObject({ kind: 'approved', how: 'online' });
    expect(toHex(valueIn((await ask(card, say.getData(0x9f59))).data, '9F59'))).toBe('09');
  });

  test('refuses a command whose code is wrong, and all that follow it', async () => {
    const of = fresh();
    const outcome = await payOnline(of, id, [], {
      scripts: (judged) => {
        const commands = written(of, id, judged, [{ kind: 'unblock' }, { kind: 'cardBlock' }]);
        const [first] = commands;
        if (first !== undefined) first[first.length - 1] = (first.at(-1) ?? 0) ^ 1;
        return { template: '72', commands };
      },
    });
    expect(resultsOf(outcome)).toEqual(['1100000001']);
    if (outcome.kind === 'terminated') throw new Error(outcome.reason);
    expect(TVR.read(outcome.evidence.tvr)?.scriptFailedAfterFinalGenerateAc).toBe(true);
    // What failed after the last cryptogram is not within it: the issuer still finds it right.
    const { chipData, card } = outcome.evidence;
    expect(judge(wallet, { chipData, pan: card.pan }).isGenuine).toBe(true);
    const next = await pay(chipOf(of, id), 'contact', { wallet: of, pins: [pinOf(id)] });
    expect(next.kind).toBe('approved');
  });
});

describe.each(['visa-offline-pin', 'visa-enciphered-pin', 'mastercard-offline-pin'])('%s', (id) => {
  test('takes a new PIN, and knows the old one no more', async () => {
    const of = fresh();
    expect(resultsOf(await payOnline(of, id, [{ kind: 'pinChange', pin: '975310' }]))).toEqual([
      '2000000001',
    ]);
    const used = await pay(chipOf(of, id), 'contact', { wallet: of, pins: ['975310'] });
    expect(used).toMatchObject({ kind: 'approved', how: 'offline' });
    const old = await pay(chipOf(of, id), 'contact', {
      wallet: of,
      pins: [pinOf(id)],
      issuer: 'unreachable',
    });
    expect(old).toMatchObject({ kind: 'declined' });
  });

  test('a blocked PIN is unblocked before the last cryptogram', async () => {
    const of = fresh();
    const pins = ['0000', '0000', '0000'];
    const blocked = await pay(chipOf(of, id), 'contact', { wallet: of, pins, issuer: 'unreachable' });
    expect(blocked.kind).toBe('declined');
    const issuer = createTestIssuer(of, {
      scripts: (judged) => ({ template: '71', commands: written(of, id, judged, [{ kind: 'pinUnblock' }]) }),
    });
    const mended = await pay(chipOf(of, id), 'contact', { wallet: of, pins, issuer });
    expect(mended).toMatchObject({ kind: 'approved', how: 'online' });
    const next = await pay(chipOf(of, id), 'contact', { wallet: of, pins: [pinOf(id)] });
    expect(next).toMatchObject({ kind: 'approved', how: 'offline' });
  });
});

test('a blocked application is unblocked after a cryptogram that declines', async () => {
  const of = fresh();
  const card = chipOf(of, 'visa-application-blocked');
  await begin(card);
  const { data } = await ask(card, say.generateAc('ARQC', CDOL1_DATA, false));
  const answer = valueIn(data, '80');
  expect(answer[0]).toBe(0x00);
  const place = {
    cardId: '',
    isGenuine: true,
    version: 'visa_10',
    atc: answer.slice(1, 3),
    cryptogram: answer.slice(3, 11),
  } as const;
  const [command] = written(of, 'visa-application-blocked', place, [{ kind: 'unblock' }]);
  if (command === undefined) throw new Error('one command was written');
  expect(await swOf(card, command)).toBe('9000');
  const next = await pay(chipOf(of, 'visa-application-blocked'), 'contact', { wallet: of, pins: ['1234'] });
  expect(next).toMatchObject({ kind: 'approved', how: 'offline' });
});

/** Commands whose codes are right, and which the card cannot carry out all the same. */
const IMPOSSIBLE: readonly (readonly [sent: Sent, change: { p2?: number }, sw: string])[] = [
  [{ kind: 'pinUnblock' }, { p2: 1 }, '6A86'],
  [{ kind: 'pinUnblock', data: Uint8Array.of(1) }, {}, '6700'],
  [{ kind: 'pinChange', data: new Uint8Array(16) }, {}, '6A80'],
  [{ kind: 'lowerLimit', data: Uint8Array.of(1, 2) }, {}, '6700'],
  [{ kind: 'lowerLimit', data: Uint8Array.of(1) }, { p2: 0x17 }, '6A88'],
];

test.each(IMPOSSIBLE)('%o with %o: %s', async ({ kind, data }, change, sw) => {
  const card = chipOf(fresh(), 'visa-offline-pin');
  await begin(card);
  const answer = valueIn((await ask(card, say.generateAc('ARQC', CDOL1_DATA, false))).data, '80');
  using pan = panOf(wallet, 'visa-offline-pin');
  const place = { atc: answer.slice(1, 3), applicationCryptogram: answer.slice(3, 11), index: 0 };
  const of = { keys: keysOfCard(wallet, pan), place, ...COMMANDS[kind], ...change, data };
  const command = writeScriptCommand('visa_10', of);
  expect(await swOf(card, command)).toBe(sw);
  expect(await swOf(card, command)).toBe('6985');
});

test('6988: a code of another payment', async () => {
  const card = chipOf(fresh(), 'visa-offline-pin');
  await begin(card);
  await ask(card, say.generateAc('ARQC', CDOL1_DATA, false));
  expect(await swOf(card, `841E000008${'00'.repeat(8)}`)).toBe('6988');
});

test('a card without an offline PIN has none to change', async () => {
  const card = chipOf(fresh(), 'visa-no-pin');
  await begin(card);
  const answer = valueIn((await ask(card, say.generateAc('ARQC', CDOL1_DATA, false))).data, '80');
  using pan = panOf(wallet, 'visa-no-pin');
  const place = { atc: answer.slice(1, 3), applicationCryptogram: answer.slice(3, 11), index: 0 };
  const of = { keys: keysOfCard(wallet, pan), place, ...COMMANDS.pinUnblock };
  expect(await swOf(card, writeScriptCommand('visa_10', of))).toBe('6985');
});

/** What an update of the issuer does to a card of the common rules. */
describe('Card Status Update', () => {
  const id = 'visa-enciphered-pin';
  const withUpdate = async (statusUpdate: NonNullable<IssuerBehaviour['statusUpdate']>) => {
    const of = fresh();
    const issuer = createTestIssuer(of, { statusUpdate });
    const pins = [pinOf(id)];
    const play = { wallet: of, issuer, pins, payment: { amount: 15_000n } };
    const first = await pay(chipOf(of, id), 'contact', play);
    const next = await pay(chipOf(of, id), 'contact', { wallet: of, pins });
    return [first, next].map((outcome) => (outcome.kind === 'terminated' ? outcome.reason : outcome.how));
  };

  test.each([
    [{ blockCard: true }, 'card_blocked'],
    [{ blockApplication: true }, 'no_application'],
    [{ goOnlineNext: true }, 'online'],
    [{ countersHigh: true, countersLow: false }, 'offline'],
    [{ countersHigh: false, countersLow: true }, 'online'],
  ])('%o: the next payment is %s', async (update, next) => {
    expect(await withUpdate(update)).toEqual(['online', next]);
  });

  test('the tries of the PIN are set', async () => {
    expect(await withUpdate({ updatePinTryCounter: true })).toEqual(['online', 'online']);
  });
});
