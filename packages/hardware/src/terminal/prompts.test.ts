import { expect, test } from 'vitest';
import { testWorld } from './testing-payment.ts';
import { read } from './testing-steps.ts';

test.each([
  [
    'en-GB',
    ['Please present card', 'Reading card', 'Please wait', 'Please enter PIN'],
    ['Approved', 'Please remove card'],
  ],
  ['sv-SE', ['Visa kort', 'Läser kortet', 'Vänta', 'Ange PIN-kod'], ['Godkänt', 'Ta ut kort']],
  [
    'de-DE',
    ['Karte bitte', 'Karte wird gelesen', 'Bitte warten', 'Bitte PIN eingeben'],
    ['Genehmigt', 'Karte entnehmen'],
  ],
])('the display follows the payment: %s', async (locale, before, last) => {
  const of = await testWorld({ locale });
  await read(of, { card: 'visa-offline-pin' }, 2_000n);
  const verified = of.terminal.verifyPin(of.call(2_000n));
  await of.asked();
  expect(of.shown).toEqual(before);
  expect(of.screens.at(-1)?.[1]).toContain('20');
  await of.enter('1234');
  await verified;
  expect(of.shown.at(-1)).toBe(before[2]);
  await of.terminal.approveOffline(of.call(2_000n));
  expect(of.screens.at(-1)).toEqual(last);
  await of.terminal.endSession(of.call());
  expect(of.screens.at(-1)).toEqual(last);
  for (const line of of.screens.flat()) expect(line.length).toBeLessThanOrEqual(20);
});

test('the display tells of a no, of a cancelled payment, and of a tap that is done', async () => {
  const declined = await testWorld();
  await read(declined, { card: 'mastercard-online-only' });
  const pinGiven = declined.terminal.verifyPin(declined.call());
  await declined.asked();
  await declined.enter('8520');
  await pinGiven;
  await declined.terminal.approveOffline(declined.call(2_000n));
  expect(declined.screens.at(-1)).toEqual(['Declined', 'Please remove card']);
  const cancelled = await testWorld();
  await read(cancelled, { card: 'visa-offline-pin' });
  const verified = cancelled.terminal.verifyPin(cancelled.call());
  await cancelled.asked();
  await cancelled.press('cancel');
  await verified;
  expect(cancelled.screens.at(-1)).toEqual(['Cancelled', 'Please remove card']);
  const tapped = await testWorld();
  await read(tapped, { card: 'visa-no-pin', via: 'contactless' }, 2_000n);
  expect(tapped.shown.at(-1)).toBe('Please remove card');
  await tapped.terminal.approveOffline(tapped.call(2_000n));
  expect(tapped.screens.at(-1)).toEqual(['Approved']);
  expect(await tapped.terminal.validateCard(tapped.call(2_500n))).toMatchObject({ code: 'card_removed' });
  expect(tapped.screens.at(-1)).toEqual(['Approved']);
});

test('the display does not send a customer away whose payment may go on', async () => {
  const of = await testWorld();
  await read(of, { card: 'visa-expired' });
  expect(await of.terminal.validateCard(of.call())).toMatchObject({ code: 'expired_card' });
  expect(of.screens.at(-1)).toEqual(['Please wait']);
  await of.terminal.endSession(of.call());
  expect(of.screens.at(-1)).toEqual(['Please remove card']);
});
