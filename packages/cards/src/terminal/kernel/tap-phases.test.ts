/** Cards, and people between card and reader, that want more of a tap than it may give. */
import { describe, expect, test } from 'vitest';
import { toHex } from '../../encoding/hex.ts';
import { ended, tvrOf } from '../testing-contact.ts';
import { APPROVED, asked, quick, tap } from '../testing-tap.ts';
import type { SettingChanges } from '../testing-terminal.ts';

const amountOf = (amount: bigint): SettingChanges => ({ payment: { amount } });
/** At or above the limit for verification, below the floor limit. */
const VERIFIED = amountOf(6_000n);
const LENIENT = { application: { actionCodes: {} } } satisfies SettingChanges;
const UNREACHABLE = { authorise: () => ({ to: 'authorise', kind: 'unreachable' }) as const };

describe('the qualifiers that the card signed', () => {
  test.each([
    ['the device has verified, the card said nothing', '0080', '01AABBCCDD0000'],
    ['a signature instead of a PIN', '4000', '01AABBCCDD8000'],
    ['none at all instead of a PIN', undefined, '01AABBCCDD8000'],
  ])('are not replaced on the way: %s', async (_what, said, signed) => {
    const outcome = await tap(quick('40', { '9F6C': said, '9F69': signed }), VERIFIED);
    expect(outcome).toMatchObject({ kind: 'declined', how: 'offline', evidence: { arc: 'Z1' } });
    expect(tvrOf(outcome)).toContain('ddaFailed');
  });

  test.each([
    ['missing', undefined],
    ['too short', '01AABBCCDD'],
    ['of another version', '00AABBCCDD0080'],
  ])('stand in the data that are signed: %s', async (_what, signed) => {
    const outcome = await tap(quick('40', { '9F6C': '0080', '9F69': signed }), VERIFIED);
    expect(outcome).toMatchObject({ kind: 'declined', evidence: { arc: 'Z1' } });
  });

  test('count: the device has verified', async () => {
    const card = quick('40', { '9F6C': '0080', '9F69': '01AABBCCDD0080' });
    expect(await tap(card, VERIFIED)).toMatchObject({ kind: 'approved', how: 'offline' });
  });
});

describe('an approval of the card that nobody asked for', () => {
  test.each([
    ['a terminal that may only approve online', { terminal: { terminalType: 0x21 } }],
    ['a payment that the merchant wants to be authorised', { payment: { isForcedOnline: true } }],
  ])('does not stand: %s', async (_what, changes) => {
    expect(await tap(quick('40'), changes, UNREACHABLE)).toMatchObject({
      kind: 'declined',
      how: 'offline',
      evidence: { arc: 'Z3' },
    });
    expect(await tap(quick('40'), changes, { authorise: () => APPROVED })).toMatchObject({
      kind: 'approved',
      how: 'online',
    });
  });

  test('does not stand where payments that were split meet the floor limit together', async () => {
    const risk = { lastAmount: () => 5_000n, isOnExceptionList: () => false };
    const split = await tap(quick('40'), { setting: { risk } }, UNREACHABLE);
    expect(split).toMatchObject({ kind: 'declined', how: 'offline', evidence: { arc: 'Z3' } });
    expect(tvrOf(split)).toEqual(['floorLimitExceeded']);
    const below = { lastAmount: () => 4_999n, isOnExceptionList: () => false };
    expect(await tap(quick('40'), { setting: { risk: below } })).toMatchObject({ how: 'offline' });
  });
});

describe('above the limit for verification, a card that is asked by GENERATE AC', () => {
  test.each([
    ['has no verification', '00000000000000001F03', '1080'],
    ['says that it supports none', '00000000000000001E03', '0080'],
    ['wants a PIN that no tap can give', '00000000000000000103', '1080'],
    ['has no list', '0000000000000000', '1080'],
  ])('is not approved: it %s', async (_what, list, aip) => {
    const card = asked(list, aip);
    const outcome = await tap(card, { ...LENIENT, ...VERIFIED });
    expect(outcome).toMatchObject({ kind: 'declined', how: 'offline', evidence: { cryptogramType: 'AAC' } });
    expect(tvrOf(outcome)).toContain('cardholderVerificationFailed');
    expect(card.sent.at(-1)).toMatchObject({ ins: 'AE', p1: 0x00 });
  });

  test('is told that the terminal does not go without', async () => {
    const capabilities: string[] = [];
    for (const changes of [{}, VERIFIED]) {
      const card = asked('00000000000000001E03', '1080', '9F3303');
      expect(await tap(card, { ...LENIENT, ...changes })).toMatchObject({ kind: 'approved' });
      capabilities.push(card.sent.find(({ ins }) => ins === 'A8')?.data.slice(4) ?? '');
    }
    expect(capabilities).toEqual(['E068C8', 'E060C8']);
  });

  test('is approved with a signature', async () => {
    const outcome = await tap(asked('00000000000000001E03'), { ...LENIENT, ...VERIFIED });
    expect(outcome).toMatchObject({ kind: 'approved', evidence: { isSignatureRequired: true } });
    expect(toHex(ended(outcome).evidence.cvmResults)).toBe('1E0300');
  });
});

test('nothing is taken by a tap for no amount', async () => {
  const card = quick('40');
  expect(await tap(card, amountOf(0n))).toMatchObject({ reason: 'amount_over_limit' });
  expect(card.sent).toEqual([]);
});

test('a track of another number ends the tap', async () => {
  const other = quick('40', { '5A': '4761739001010010' });
  expect(await tap(other)).toMatchObject({ kind: 'terminated', reason: 'card_error' });
});
