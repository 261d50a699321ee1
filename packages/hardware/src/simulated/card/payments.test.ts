/** Whole payments between the kernels and each card of the wallet, with real bytes. */
import { fromHex, type PaymentOutcome, TVR } from '@holdfast/cards';
import { expect, test } from 'vitest';
import { createTestIssuer, type IssuerBehaviour, judge, type TestIssuer } from '../testing-issuer.ts';
import { chipOf, type Play, pay, testWallet } from '../testing-terminal.ts';
import { createRamCardMemory } from './memory.ts';
import { CARD_PRODUCTS } from './products.ts';

const wallet = testWallet();
const pinOf = (id: string): string => CARD_PRODUCTS.find((product) => product.id === id)?.pin ?? '0000';

type Case = Omit<Play, 'wallet' | 'issuer'> & { issuer?: IssuerBehaviour | 'unreachable' };
type Result = { outcome: PaymentOutcome; issuer: TestIssuer };

async function pays(id: string, via: 'contact' | 'contactless', play: Case = {}): Promise<Result> {
  const fresh = wallet.withMemory(createRamCardMemory());
  const issuer = createTestIssuer(fresh, play.issuer === 'unreachable' ? {} : play.issuer);
  const outcome = await pay(chipOf(fresh, id, via), via, {
    pins: [pinOf(id)],
    ...play,
    wallet: fresh,
    issuer: play.issuer === 'unreachable' ? 'unreachable' : issuer,
  });
  return { outcome, issuer };
}

function summary(outcome: PaymentOutcome): string {
  if (outcome.kind === 'terminated') return `terminated: ${outcome.reason}`;
  return `${outcome.kind} ${outcome.how} ${outcome.evidence.cryptogramType} ${outcome.evidence.arc}`;
}

function tvrOf(outcome: PaymentOutcome): string[] {
  if (outcome.kind === 'terminated') throw new Error(outcome.reason);
  return TVR.names(TVR.read(outcome.evidence.tvr) ?? {});
}

/** Whether the issuer finds the last cryptogram right, as it does when the payment is cleared. */
function isGenuine(outcome: PaymentOutcome): boolean {
  if (outcome.kind === 'terminated') throw new Error(outcome.reason);
  const { card, chipData } = outcome.evidence;
  return judge(wallet, { chipData, pan: card.pan }).isGenuine;
}

const OFFLINE = 'approved offline TC Y1';
const ONLINE = 'approved online TC 00';

/** By its product, a payment of 25.00 by contact: what becomes of it, and which bits the terminal noted. */
const BY_CONTACT: Readonly<Record<string, readonly [ending: string, ...tvr: string[]]>> = {
  'visa-offline-pin': [OFFLINE],
  'visa-enciphered-pin': [OFFLINE],
  'visa-online-pin': [ONLINE, 'onlinePinEntered'],
  'visa-signature': [OFFLINE],
  'visa-no-pin': [OFFLINE],
  'mastercard-offline-pin': [OFFLINE],
  'mastercard-online-only': [ONLINE, 'onlinePinEntered'],
  'mastercard-offline-only': [OFFLINE],
  'mastercard-static': [OFFLINE, 'sdaSelected'],
  'amex-signature': [OFFLINE],
  'debit-choice': [OFFLINE],
  'visa-new': [ONLINE, 'newCard'],
  'visa-foreign': [ONLINE],
  'visa-expired': [ONLINE, 'cdaFailed', 'expiredApplication'],
  'visa-not-yet-effective': [ONLINE, 'applicationNotYetEffective'],
  'visa-application-blocked': ['terminated: no_application'],
  'visa-card-blocked': ['terminated: card_blocked'],
  'visa-pin-blocked': [ONLINE, 'cardholderVerificationFailed', 'pinTryLimitExceeded'],
  'visa-unsigned': [ONLINE, 'offlineDataAuthenticationNotPerformed'],
  'visa-forged': [ONLINE, 'cdaFailed'],
  'visa-revoked-issuer': [ONLINE, 'cdaFailed'],
  'visa-slow-chip': [OFFLINE],
  'visa-damaged-stripe': [OFFLINE],
};

/** The same while nobody answers for the issuer. */
const NOBODY: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(BY_CONTACT).map(([id, [ending]]) => [id, ending])),
  'visa-online-pin': 'declined offline AAC Z3',
  'mastercard-online-only': 'declined offline AAC Z3',
  'visa-new': 'declined offline AAC Y3',
  'visa-foreign': 'declined offline AAC Y3',
  'visa-expired': 'declined offline AAC Z3',
  'visa-not-yet-effective': 'declined offline AAC Z3',
  'visa-pin-blocked': 'declined offline AAC Z3',
  'visa-unsigned': 'declined offline AAC Z3',
  'visa-forged': 'declined offline AAC Z3',
  'visa-revoked-issuer': 'declined offline AAC Z3',
};

/** A tap of 25.00. */
const BY_TAP: Readonly<Record<string, string>> = {
  'visa-offline-pin': OFFLINE,
  'visa-enciphered-pin': OFFLINE,
  'visa-online-pin': OFFLINE,
  'visa-signature': OFFLINE,
  'visa-no-pin': OFFLINE,
  'mastercard-offline-pin': OFFLINE,
  'mastercard-online-only': 'approved online ARQC 00',
  'mastercard-offline-only': OFFLINE,
  'amex-signature': OFFLINE,
  'debit-choice': OFFLINE,
  'visa-new': 'approved online ARQC 00',
  'visa-foreign': 'approved online ARQC 00',
  'visa-expired': 'declined offline TC Z1',
  'visa-not-yet-effective': 'declined offline TC Z1',
  'visa-application-blocked': 'terminated: no_application',
  'visa-card-blocked': 'terminated: card_blocked',
  'visa-pin-blocked': 'approved online ARQC 00',
  'visa-unsigned': 'approved online ARQC 00',
  'visa-forged': 'declined offline TC Z1',
  'visa-revoked-issuer': 'declined offline TC Z1',
  'visa-slow-chip': OFFLINE,
  'visa-damaged-stripe': OFFLINE,
};

test('every product with a chip that answers is in the tables', () => {
  const contact = wallet.cards.filter((card) => card.powerUp('contact') !== undefined).map(({ id }) => id);
  expect(Object.keys(BY_CONTACT).toSorted()).toEqual(contact.toSorted());
  const tapped = wallet.cards.filter(({ hasAntenna }) => hasAntenna).map(({ id }) => id);
  expect(Object.keys(BY_TAP).toSorted()).toEqual(tapped.toSorted());
});

test.each(Object.entries(BY_CONTACT))('%s by contact: %s', async (id, [ending, ...bits]) => {
  const { outcome, issuer } = await pays(id, 'contact');
  expect(summary(outcome)).toBe(ending);
  if (outcome.kind === 'terminated') return;
  expect(isGenuine(outcome)).toBe(true);
  expect(tvrOf(outcome)).toEqual(bits);
  expect(outcome.evidence.atc).toBe(id === 'visa-new' ? 1 : 21);
  expect(issuer.judged.map(({ isGenuine }) => isGenuine)).toEqual(ending === ONLINE ? [true] : []);
  expect(outcome.mustReverse).toBe(false);
});

test.each(Object.entries(NOBODY))('%s by contact, nobody answers: %s', async (id, ending) => {
  const { outcome } = await pays(id, 'contact', { issuer: 'unreachable' });
  expect(summary(outcome)).toBe(ending);
  if (outcome.kind !== 'terminated') expect(isGenuine(outcome)).toBe(true);
});

test.each(Object.entries(BY_TAP))('%s tapped: %s', async (id, ending) => {
  const { outcome, issuer } = await pays(id, 'contactless');
  expect(summary(outcome)).toBe(ending);
  if (outcome.kind === 'approved') expect(isGenuine(outcome)).toBe(true);
  expect(issuer.judged.every(({ isGenuine }) => isGenuine)).toBe(true);
  expect(issuer.judged).toHaveLength(ending.includes('online') ? 1 : 0);
});

const ONLINE_CARDS = ['visa-offline-pin', 'visa-enciphered-pin', 'mastercard-offline-pin', 'amex-signature'];
const LARGE = { amount: 15_000n };

test.each(ONLINE_CARDS)(
  '%s above the floor limit: the issuer verifies its request, it verifies the answer',
  async (id) => {
    const { outcome, issuer } = await pays(id, 'contact', { payment: LARGE });
    expect(summary(outcome)).toBe(ONLINE);
    expect(issuer.judged).toMatchObject([{ cardId: id, isGenuine: true }]);
  },
);

test.each(ONLINE_CARDS)(
  '%s refuses an answer that is not its issuer’s, and what was approved is reversed',
  async (id) => {
    const { outcome } = await pays(id, 'contact', { payment: LARGE, issuer: { isWrong: true } });
    expect(summary(outcome)).toBe('declined online AAC 00');
    expect(outcome).toMatchObject({ mustReverse: true });
  },
);

test.each(ONLINE_CARDS)('%s refuses an approval without any proof', async (id) => {
  const { outcome } = await pays(id, 'contact', { payment: LARGE, issuer: { isSilent: true } });
  expect(summary(outcome)).toBe('declined online AAC 00');
});

test.each(ONLINE_CARDS)('%s: the issuer says no', async (id) => {
  const { outcome } = await pays(id, 'contact', { payment: LARGE, issuer: { arc: '51', isApproved: false } });
  expect(summary(outcome)).toBe('declined online AAC 51');
  expect(outcome).toMatchObject({ mustReverse: false });
});

test.each(ONLINE_CARDS)('%s tapped above the limits: genuine, with a PIN or a signature', async (id) => {
  const { outcome, issuer } = await pays(id, 'contactless', { payment: LARGE });
  expect(summary(outcome)).toBe('approved online ARQC 00');
  expect(issuer.judged).toMatchObject([{ cardId: id, isGenuine: true }]);
  if (outcome.kind === 'terminated') throw new Error(outcome.reason);
  expect(outcome.evidence.isSignatureRequired).toBe(id === 'amex-signature');
});

test('what the terminal finds out after the card was told leaves the request genuine', async () => {
  const { outcome, issuer } = await pays('visa-expired', 'contactless', { payment: LARGE });
  expect(tvrOf(outcome)).toEqual(['expiredApplication']);
  expect(issuer.judged).toMatchObject([{ cardId: 'visa-expired', isGenuine: true }]);
});

test('a card that can verify nobody declines a tap above the limit for that', async () => {
  const { outcome } = await pays('visa-no-pin', 'contactless', { payment: { amount: 6_000n } });
  expect(summary(outcome)).toBe('declined offline AAC Z1');
});

test('an update without its approval is no approval, whatever the terminal asks for', async () => {
  const { outcome } = await pays('amex-signature', 'contact', {
    payment: LARGE,
    issuer: { statusUpdate: { issuerApproves: false } },
  });
  expect(summary(outcome)).toBe('declined online AAC 00');
});

test.each([0, 1])('of two applications number %s is chosen', async (choice) => {
  const { outcome, issuer } = await pays('debit-choice', 'contact', { choice });
  if (outcome.kind === 'terminated') throw new Error(outcome.reason);
  expect(outcome.evidence.card.label).toBe(['DEBIT MASTERCARD', 'MAESTRO'][choice]);
  expect(issuer.judged).toHaveLength(choice);
});

test('without a directory the applications are found by the beginnings of their names', async () => {
  const { outcome } = await pays('debit-choice', 'contact', {
    terminal: { usesDirectory: false },
    choice: 1,
  });
  expect(summary(outcome)).toBe(ONLINE);
});

test('an offline terminal: a card that must be online declines, one that would like to be may approve', async () => {
  const terminal = { terminalType: 0x23 };
  const declined = await pays('visa-foreign', 'contact', { terminal });
  expect(summary(declined.outcome)).toBe('declined offline AAC Y1');
  expect(summary((await pays('visa-offline-pin', 'contact', { terminal })).outcome)).toBe(OFFLINE);
});

test('in its own currency the foreign card pays offline', async () => {
  const payment = { currency: fromHex('0840') };
  expect(summary((await pays('visa-foreign', 'contact', { payment })).outcome)).toBe(OFFLINE);
});

test('payments in a row: above the lower limit the issuer is asked, above the upper one nothing goes without', async () => {
  const fresh = wallet.withMemory(createRamCardMemory());
  const endings: string[] = [];
  for (let count = 1; count <= 8; count += 1) {
    const chip = chipOf(fresh, 'visa-offline-pin');
    const outcome = await pay(chip, 'contact', { wallet: fresh, pins: ['1234'], issuer: 'unreachable' });
    endings.push(summary(outcome));
  }
  const alone = 'approved offline TC Y3';
  expect(endings.slice(0, 3)).toEqual([OFFLINE, OFFLINE, OFFLINE]);
  expect(endings.slice(3, 6)).toEqual([alone, alone, alone]);
  expect(endings.slice(6)).toEqual(['declined offline AAC Z3', 'declined offline AAC Z3']);
  const online = await pay(chipOf(fresh, 'visa-offline-pin'), 'contact', { wallet: fresh, pins: ['1234'] });
  expect(summary(online)).toBe(ONLINE);
  const after = await pay(chipOf(fresh, 'visa-offline-pin'), 'contact', { wallet: fresh, pins: ['1234'] });
  expect(summary(after)).toBe(OFFLINE);
});

test.each(['visa-offline-pin', 'visa-enciphered-pin'])('%s: wrong PINs until it is blocked', async (id) => {
  const fresh = wallet.withMemory(createRamCardMemory());
  const chip = () => chipOf(fresh, id);
  const right = pinOf(id);
  const second = await pay(chip(), 'contact', { wallet: fresh, pins: ['9999', '0000', right] });
  expect(summary(second)).toBe(OFFLINE);
  const blocked = await pay(chip(), 'contact', { wallet: fresh, pins: ['9999'], issuer: 'unreachable' });
  expect(summary(blocked)).toBe('declined offline AAC Z3');
  expect(tvrOf(blocked)).toEqual(['cardholderVerificationFailed', 'pinTryLimitExceeded']);
  const later = await pay(chip(), 'contact', { wallet: fresh, pins: [right], issuer: 'unreachable' });
  expect(tvrOf(later)).toEqual(['cardholderVerificationFailed', 'pinTryLimitExceeded']);
});
