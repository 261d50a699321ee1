import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { TVR } from './bits.ts';
import { demandsOf } from './contactless-limits.ts';
import type { OfflineAuthenticator } from './kernel/profile.ts';
import { createTestCard, element, hex, type TestCard } from './testing-card.ts';
import { APPROVED, asked, cardOf, PAN, PDOL, quick, tap } from './testing-tap.ts';
import { AID, type SettingChanges, testSetting } from './testing-terminal.ts';

function withVerdict(ok: boolean): SettingChanges {
  const authenticator: OfflineAuthenticator = {
    ...testSetting().authenticator,
    verifyDynamic: (_card, { ddolData }) => {
      expect(toHex(ddolData)).toBe(`5A5A5A5A${'000000005000'}${'0752'}${'01AABBCCDD0000'}`);
      return ok ? { ok: true, elements: [] } : { ok: false, reason: 'hash' };
    },
  };
  return { setting: { authenticator } };
}

const amountOf = (amount: bigint): SettingChanges => ({ payment: { amount } });

test('at each limit its rule begins', () => {
  const limits = { transactionLimit: 40_000n, cvmLimit: 5_000n, floorLimit: 10_000n };
  expect(demandsOf(4_999n, limits)).toEqual({ isAllowed: true, needsCvm: false, needsOnline: false });
  expect(demandsOf(5_000n, limits)).toEqual({ isAllowed: true, needsCvm: true, needsOnline: false });
  expect(demandsOf(10_000n, limits)).toEqual({ isAllowed: true, needsCvm: true, needsOnline: true });
  expect(demandsOf(40_000n, limits)).toEqual({ isAllowed: false, needsCvm: true, needsOnline: true });
});

test('approved offline at once, with a signature over this payment', async () => {
  const card = quick('40');
  const outcome = await tap(card, withVerdict(true));
  expect(outcome).toMatchObject({ kind: 'approved', how: 'offline', evidence: { arc: 'Y1', atc: 0x102 } });
  expect(card.sent.map(({ ins }) => ins)).toEqual(['A4', 'A4', 'A8']);
  if (outcome.kind !== 'approved') throw new Error('approved');
  const { pan, expirationDate } = outcome.evidence.card;
  expect(pan.use((digits) => Buffer.from(digits).toString())).toBe(PAN);
  expect(toHex(expirationDate)).toBe('311231');
  expect(toHex(outcome.evidence.chipData)).not.toContain(PAN);
});

test('a signature that does not hold: declined, or sent to the chip if the card says so', async () => {
  expect(await tap(quick('40'), withVerdict(false))).toMatchObject({
    kind: 'declined',
    evidence: { arc: 'Z1' },
  });
  const sent = await tap(quick('40', { '9F6C': '1000' }), withVerdict(false));
  expect(sent).toMatchObject({ kind: 'terminated', reason: 'use_chip' });
  const unsigned = await tap(quick('40', { '9F4B': undefined }));
  expect(unsigned).toMatchObject({ kind: 'declined' });
  if (unsigned.kind !== 'declined') throw new Error('declined');
  expect(TVR.names(TVR.read(unsigned.evidence.tvr) ?? {})).toEqual(['ddaFailed']);
});

test('an expired card and a card on the list are not approved offline', async () => {
  const expired = quick('40', { '57': `${PAN}D2610201000000000F` });
  expect(await tap(expired, withVerdict(true))).toMatchObject({ kind: 'declined' });
  const risk = { lastAmount: () => undefined, isOnExceptionList: () => true };
  const changes = { setting: { ...withVerdict(true).setting, risk } };
  expect(await tap(quick('40'), changes)).toMatchObject({ kind: 'declined' });
});

test('field 55 has the TVR that the card was told, whatever was found out after that', async () => {
  let chipData = '';
  const children = ['82:2000', `57:${PAN}D2610201000000000F`, '9F10:06011203A00000'].concat([
    '9F26:1122334455667788',
    '9F27:80',
    '9F36:0102',
    '9F6C:0000',
  ]);
  const objects = children.map((row) => element(row.split(':')[0] ?? '', row.split(':')[1] ?? ''));
  const card = cardOf({ pdol: `${PDOL}9505`, options: hex([{ tag: '77', children: objects }]) });
  const authorise = (question: { chipData: Uint8Array }) => {
    chipData = toHex(question.chipData);
    return APPROVED;
  };
  const outcome = await tap(card, {}, { authorise });
  expect(chipData).toContain('95050000000000');
  if (outcome.kind === 'terminated') throw new Error(outcome.reason);
  expect(TVR.read(outcome.evidence.tvr)?.expiredApplication).toBe(true);
});

test('the card wants the issuer: its answer is the outcome', async () => {
  expect(await tap(quick('80'), {}, { authorise: () => APPROVED })).toMatchObject({
    kind: 'approved',
    how: 'online',
    evidence: { arc: '00', cryptogramType: 'ARQC' },
    mustReverse: false,
  });
  const declined = { ...APPROVED, arc: '51', isApproved: false };
  expect(await tap(quick('80'), {}, { authorise: () => declined })).toMatchObject({
    kind: 'declined',
    how: 'online',
  });
  const unreachable = { to: 'authorise', kind: 'unreachable' } as const;
  expect(await tap(quick('80'), {}, { authorise: () => unreachable })).toMatchObject({
    kind: 'declined',
    how: 'offline',
    evidence: { arc: 'Z3' },
    mustReverse: false,
  });
});

test('the qualifiers tell the card what the amount demands', async () => {
  const qualifiers: string[] = [];
  for (const amount of [5_000n, 6_000n, 10_000n]) {
    const card = quick('00');
    await tap(card, amountOf(amount));
    qualifiers.push(card.sent.find(({ ins }) => ins === 'A8')?.data.slice(4, 12) ?? '');
  }
  expect(qualifiers).toEqual(['36004000', '36404000', '36C04000']);
});

test('at the transaction limit nothing is taken', async () => {
  const card = quick('40');
  expect(await tap(card, amountOf(40_000n))).toMatchObject({ reason: 'amount_over_limit' });
  expect(card.sent).toEqual([]);
});

test('verification by the qualifiers of the card', async () => {
  const online = { authorise: () => APPROVED };
  const asksPin = await tap(quick('80', { '9F6C': '8000' }), amountOf(6_000n), {
    ...online,
    online_pin: () => ({ to: 'online_pin', kind: 'captured' }),
  });
  expect(asksPin).toMatchObject({ kind: 'approved', how: 'online' });
  const bypassed = await tap(quick('80', { '9F6C': '8000' }), amountOf(6_000n), {
    online_pin: () => ({ to: 'online_pin', kind: 'bypassed' }),
  });
  expect(bypassed).toMatchObject({ kind: 'declined', how: 'offline' });
  const signs = await tap(quick('80', { '9F6C': '4000' }), amountOf(6_000n), online);
  expect(signs).toMatchObject({ kind: 'approved', evidence: { isSignatureRequired: true } });
  const device = await tap(quick('80', { '9F6C': '0080' }), amountOf(6_000n), online);
  expect(device).toMatchObject({ kind: 'approved', evidence: { isSignatureRequired: false } });
  expect(await tap(quick('80'), amountOf(6_000n), online)).toMatchObject({
    kind: 'declined',
    how: 'offline',
  });
  const silent = await tap(quick('80', { '9F6C': undefined }), amountOf(6_000n), online);
  expect(silent).toMatchObject({ kind: 'approved', evidence: { isSignatureRequired: true } });
});

test('by GENERATE AC: offline below the limits', async () => {
  const card = asked();
  const changes = { application: { actionCodes: {} } };
  const outcome = await tap(card, changes);
  expect(outcome).toMatchObject({ kind: 'approved', how: 'offline', evidence: { cryptogramType: 'TC' } });
  expect(outcome.kind === 'approved' && toHex(outcome.evidence.cvmResults)).toBe('1F0002');
  expect(card.sent.map(({ ins }) => ins)).toEqual(['A4', 'A4', 'A8', 'B2', 'AE']);
});

test('by GENERATE AC: at the contactless floor limit the issuer is asked, with a PIN after the tap', async () => {
  const order: string[] = [];
  const card = asked('000000000000000041034203');
  const outcome = await tap(
    card,
    { application: { actionCodes: {} }, ...amountOf(10_000n) },
    {
      online_pin: () => {
        order.push(`PIN after ${card.sent.at(-1)?.ins}`);
        return { to: 'online_pin', kind: 'captured' };
      },
      authorise: () => {
        order.push('issuer');
        return APPROVED;
      },
    },
  );
  expect(order).toEqual(['PIN after AE', 'issuer']);
  expect(outcome).toMatchObject({ kind: 'approved', how: 'online' });
  // An offline PIN is not possible within a tap: the rule for it did not apply.
  expect(outcome.kind === 'approved' && toHex(outcome.evidence.cvmResults)).toBe('420300');
});

test.each([
  [0x6984, 'use_chip'],
  [0x6986, 'use_chip'],
  [0x6a80, 'card_error'],
  [0x6985, 'no_application'],
])('GET PROCESSING OPTIONS answered by %i: %s', async (options, reason) => {
  expect(await tap(cardOf({ options }))).toMatchObject({ kind: 'terminated', reason });
});

test('a tap that is torn never lets the stripe stand in', async () => {
  const torn: TestCard = { sent: [], answer: () => fromHex('90') };
  expect(await tap(torn)).toMatchObject({ reason: 'card_error', isFallbackAllowed: false });
});

test('a card without the directory of contactless cards', async () => {
  const card = createTestCard({ applications: [{ aid: AID, options: 0x6985 }] });
  expect(await tap(card)).toMatchObject({ reason: 'no_application' });
});

test('a card that its issuer has blocked is told as by contact', async () => {
  const blocked: TestCard = { sent: [], answer: () => fromHex('6A81') };
  expect(await tap(blocked)).toMatchObject({ reason: 'card_blocked', isFallbackAllowed: false });
});

test.each(['57', '9F27', '9F36'])('without tag %s there is no payment', async (tag) => {
  expect(await tap(quick('80', { [tag]: undefined }))).toMatchObject({ reason: 'card_error' });
});

test('a cryptogram of a reserved type', async () => {
  expect(await tap(quick('C0'))).toMatchObject({ reason: 'card_error' });
});

test('an offline-only reader does not ask anybody', async () => {
  expect(
    await tap(quick('80'), { terminal: { terminalType: 0x23, country: fromHex('0752') } }),
  ).toMatchObject({
    kind: 'declined',
    how: 'offline',
  });
});

test('an approval by the card at or above the floor limit still needs the issuer', async () => {
  const card = quick('40', { '9F6C': '4000', '9F69': '01AABBCCDD4000' });
  const outcome = await tap(card, amountOf(10_000n), { authorise: () => APPROVED });
  expect(outcome).toMatchObject({ kind: 'approved', how: 'online', evidence: { cryptogramType: 'TC' } });
});
