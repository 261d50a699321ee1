/** Numbers and tracks that are none, or that are not of one card. */
import { expect, test } from 'vitest';
import { cardOf, LENIENT, PAN, pay, records } from '../testing-contact.ts';

test.each([
  ['seven digits', { '5A': '4761739F', '57': undefined }],
  ['twenty digits', { '5A': '47617390010101190000', '57': undefined }],
  ['letters among them', { '5A': '47617A9001010119', '57': undefined }],
])('a number of %s is none', async (_what, changes) => {
  expect(await pay(cardOf({ records: records(changes) }), LENIENT)).toMatchObject({ reason: 'card_error' });
});

test.each([
  ['of another number', '4761739001010010D3112201000000000F'],
  ['of a number that is longer', `${PAN}0D311220100000000F`],
  ['without a separator', `${PAN}31122010000000000F`],
])('a track %s ends the payment', async (_what, track) => {
  const card = cardOf({ records: records({ '57': track }) });
  expect(await pay(card, LENIENT)).toMatchObject({ kind: 'terminated', reason: 'card_error' });
});

test('a card without a track is as good', async () => {
  expect(await pay(cardOf({ records: records({ '57': undefined }) }), LENIENT)).toMatchObject({
    kind: 'approved',
  });
});
