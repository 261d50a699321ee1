/** The codes of an ordinary terminal against issuers that mind nothing: what the store itself must not take. */
import { analyseAction, analyseUnableToGoOnline, TVR } from '@holdfast/cards';
import { expect, test } from 'vitest';
import { terminalProfile } from './terminal-profile.ts';

const ZEROS = new Uint8Array(5);
const profile = terminalProfile({
  country: '752',
  applications: [{ aid: Uint8Array.of(0xf0, 1, 2, 3, 4), version: Uint8Array.of(0, 1) }],
  floorLimit: 50_000n,
  terminalId: 'TERM0001',
  merchantId: 'MERCHANT',
});

/** What the terminal asks for first, and what it asks for where no issuer can be reached. */
function asked(bit: keyof ReturnType<typeof TVR.none> & string): string {
  const setting = {
    tvr: TVR.write({ [bit]: true }),
    tac: profile.applications[0]?.actionCodes ?? {},
    iac: { denial: ZEROS, online: ZEROS, default: ZEROS },
    communication: 'offline_with_online',
  } as const;
  return `${analyseAction(setting).request} ${analyseUnableToGoOnline(setting).request}`;
}

test.each([
  'offlineDataAuthenticationNotPerformed',
  'sdaFailed',
  'ddaFailed',
  'cdaFailed',
  // A signature over static data is copied with them.
  'sdaSelected',
  'cardOnExceptionFile',
  'expiredApplication',
  'cardholderVerificationFailed',
  // Only the issuer can tell whether it is right.
  'onlinePinEntered',
  'floorLimitExceeded',
  'merchantForcedOnline',
] as const)('%s goes to the issuer, and is declined without one', (bit) => {
  expect(asked(bit)).toBe('ARQC AAC');
});

test.each(['pinTryLimitExceeded', 'pinPadNotWorking', 'pinNotEntered'] as const)(
  '%s goes to the issuer; without one another way of verification may do',
  (bit) => {
    expect(asked(bit)).toBe('ARQC TC');
  },
);

test('a service that is not allowed is denied, and what is nothing to anybody is approved', () => {
  expect(asked('serviceNotAllowed')).toBe('AAC TC');
  expect(asked('newCard')).toBe('TC TC');
});
