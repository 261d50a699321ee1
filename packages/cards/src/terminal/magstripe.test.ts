import { expect, test } from 'vitest';
import { serviceCodeOf } from '../track/service-code.ts';
import { decideStripe, type StripeSetting } from './magstripe.ts';

function decide(code: string, changes: Partial<StripeSetting> = {}): ReturnType<typeof decideStripe> {
  return decideStripe({
    service: serviceCodeOf(code),
    isExpired: false,
    transaction: 'purchase',
    isAtm: false,
    hasChipReader: true,
    hasPinPad: true,
    chipAttempt: 'none',
    acceptsFallback: true,
    isOnline: true,
    ...changes,
  });
}

test('a card without a chip pays by its stripe, offline too', () => {
  const accepted = { kind: 'accepted', entry: 'stripe', mustGoOnline: false, verification: 'signature' };
  expect(decide('101')).toEqual(accepted);
  expect(decide('101', { isOnline: false })).toEqual(accepted);
});

test.each(['201', '601'])('a card with a chip (%s) is to be inserted', (code) => {
  expect(decide(code)).toEqual({ kind: 'refused', reason: 'use_chip' });
  expect(decide(code, { chipAttempt: 'answered' })).toEqual({ kind: 'refused', reason: 'use_chip' });
});

test('after a chip that failed the stripe stands in, online only', () => {
  expect(decide('201', { chipAttempt: 'failed' })).toEqual({
    kind: 'accepted',
    entry: 'fallback',
    mustGoOnline: true,
    verification: 'signature',
  });
  expect(decide('201', { chipAttempt: 'failed', isOnline: false })).toMatchObject({ reason: 'online_only' });
  expect(decide('201', { chipAttempt: 'failed', acceptsFallback: false })).toMatchObject({
    reason: 'fallback_not_accepted',
  });
});

test('where there is no chip reader the stripe is all there is', () => {
  expect(decide('201', { hasChipReader: false })).toMatchObject({ kind: 'accepted', entry: 'stripe' });
});

test.each([
  ['expired', '101', { isExpired: true }, 'expired'],
  ['cash only', '104', {}, 'service_not_allowed'],
  ['goods only, for cash', '102', { transaction: 'cash' }, 'service_not_allowed'],
  ['cash machines only, at a till', '103', { transaction: 'cash' }, 'service_not_allowed'],
  ['a PIN without a PIN pad', '100', { hasPinPad: false }, 'pin_pad_missing'],
  ['a PIN while offline', '100', { isOnline: false }, 'online_only'],
  ['the issuer is to be asked', '121', { isOnline: false }, 'online_only'],
  ['an authorisation rule that is not defined', '131', { isOnline: false }, 'online_only'],
] as const)('%s', (_what, code, changes, reason) => {
  expect(decide(code, changes)).toEqual({ kind: 'refused', reason });
});

test('a PIN where there is a PIN pad', () => {
  expect(decide('106')).toMatchObject({ verification: 'online_pin', mustGoOnline: true });
  expect(decide('106', { hasPinPad: false })).toMatchObject({
    verification: 'signature',
    mustGoOnline: false,
  });
  expect(decide('103', { transaction: 'cash', isAtm: true })).toMatchObject({ verification: 'online_pin' });
});
