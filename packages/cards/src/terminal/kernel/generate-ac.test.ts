/** What the card says of the PIN against what the terminal was told of it: somebody between them may have said yes. */
import { describe, expect, test } from 'vitest';
import { CardData } from '../../card-data.ts';
import { writeIssuerApplicationData } from '../../cryptogram/issuer-application-data.ts';
import { fromHex, toHex } from '../../encoding/hex.ts';
import { cryptogramAnswer, element, hex, type TestCard } from '../testing-card.ts';
import { cardOf, ended, LENIENT, ONLINE, pay, records, tvrOf } from '../testing-contact.ts';

type Version = Parameters<typeof writeIssuerApplicationData>[0];

/** Tag 9F10 of a card of this version. */
function issuerData(version: Version, of: { performed: boolean; failed?: boolean }): string {
  const { performed, failed = false } = of;
  const flags = {
    offlinePinPerformed: performed,
    offlinePinSuccessful: performed && !failed,
    offlinePinFailed: failed,
    offlinePinNotPerformed: !performed,
  };
  const facts = { first: 'TC', second: undefined, pinTriesLeft: 3, scriptCount: 0, flags } as const;
  return toHex(writeIssuerApplicationData(version, { keyIndex: 1, facts }));
}

/** A card that wants a PIN in clear and says that it is right, whatever its results say of that. */
function answering(data: string, rule = '0103'): TestCard {
  const answer = ({ p1 }: { p1: number }) =>
    hex([element('80', `${toHex(Uint8Array.of(p1 & 0xc0))}00011122334455667788${data}`)]);
  return cardOf({
    records: records({ '8E': `0000000000000000${rule}` }),
    others: { '20': () => 0x9000 },
    cryptograms: [answer, answer],
  });
}

const entered = () => {
  const block = CardData.take(fromHex('241234FFFFFFFFFF'));
  return { to: 'offline_pin', kind: 'entered', block } as const;
};

describe.each(['visa_10', 'visa_18', 'mastercard_16', 'mastercard_21', 'emv_common'] as const)(
  '%s',
  (version) => {
    test('a PIN that the card has verified', async () => {
      const card = answering(issuerData(version, { performed: true }));
      expect(await pay(card, LENIENT, { offline_pin: entered })).toMatchObject({ kind: 'approved' });
    });

    test.each([
      ['never was given', { performed: false }],
      ['found wrong', { performed: true, failed: true }],
    ])('a PIN that the card %s: its approval does not stand', async (_what, of) => {
      for (const rule of ['0103', '0303']) {
        const outcome = await pay(answering(issuerData(version, of), rule), LENIENT, {
          offline_pin: entered,
        });
        expect(outcome).toMatchObject({ kind: 'declined', how: 'offline', evidence: { arc: 'Z1' } });
        expect(tvrOf(outcome)).toContain('cardholderVerificationFailed');
        expect(toHex(ended(outcome).evidence.cvmResults)).toBe(`${rule}01`);
      }
    });

    test('the issuer is not asked about a PIN that the card does not know of', async () => {
      const card = answering(issuerData(version, { performed: false }));
      const outcome = await pay(card, ONLINE, { offline_pin: entered });
      expect(outcome).toMatchObject({ kind: 'declined', how: 'offline', mustReverse: false });
      expect(card.sent.at(-1)).toMatchObject({ ins: 'AE', p1: 0x00 });
    });
  },
);

test('results that nobody here can read, or that are about no PIN, change nothing', async () => {
  const unread = answering('0A01020304');
  expect(await pay(unread, LENIENT, { offline_pin: entered })).toMatchObject({ kind: 'approved' });
  const unverified = cardOf({ cryptograms: [() => cryptogramAnswer('40')] });
  expect(await pay(unverified, LENIENT)).toMatchObject({ kind: 'approved' });
});
