import { expect, test } from 'vitest';
import { CardData } from '../../card-data.ts';
import { fromHex, toHex } from '../../encoding/hex.ts';
import { element, hex } from '../testing-card.ts';
import { cardOf, ended, LENIENT, ONLINE, pay, records, tvrOf } from '../testing-contact.ts';
import { testSetting } from '../testing-terminal.ts';

const PIN_BLOCK = '241234FFFFFFFFFF';

test('an offline PIN: wrong twice, then right; the block is wiped', async () => {
  const answers = [0x63c2, 0x63c1, 0x9000];
  let count = 0;
  const verifications: string[] = [];
  const card = cardOf({
    records: records({ '8E': '00000000000000004103' }),
    data: { '9F17': hex([element('9F17', '03')]) },
    others: {
      '20': ({ p2, data }) => {
        verifications.push(`${p2.toString(16)} ${data}`);
        count += 1;
        return answers[count - 1] ?? 0x6983;
      },
    },
  });
  const tries: (number | undefined)[] = [];
  const blocks: CardData[] = [];
  const outcome = await pay(card, LENIENT, {
    offline_pin: ({ triesLeft }) => {
      tries.push(triesLeft);
      const block = CardData.take(fromHex(PIN_BLOCK));
      blocks.push(block);
      return { to: 'offline_pin', kind: 'entered', block };
    },
  });
  expect(tries).toEqual([3, 2, 1]);
  expect(verifications).toEqual(Array.from({ length: 3 }, () => `80 ${PIN_BLOCK}`));
  expect(blocks.every((block) => block.isWiped)).toBe(true);
  expect(toHex(ended(outcome).evidence.cvmResults)).toBe('410302');
});

test.each([
  ['the last try', [0x63c0]],
  ['a PIN that is blocked already', [0x6983]],
])('%s exceeds the limit of tries', async (_what, [sw = 0]) => {
  const card = cardOf({ records: records({ '8E': '00000000000000000103' }), others: { '20': () => sw } });
  const outcome = await pay(card, LENIENT, {
    offline_pin: () => ({ to: 'offline_pin', kind: 'entered', block: CardData.take(fromHex(PIN_BLOCK)) }),
  });
  expect(tvrOf(outcome)).toEqual(
    expect.arrayContaining(['pinTryLimitExceeded', 'cardholderVerificationFailed']),
  );
  expect(toHex(ended(outcome).evidence.cvmResults)).toBe('010301');
});

test('a try counter of zero: no PIN is asked for', async () => {
  const card = cardOf({
    records: records({ '8E': '00000000000000000103' }),
    data: { '9F17': hex([element('9F17', '00')]) },
  });
  expect(tvrOf(await pay(card, LENIENT))).toContain('pinTryLimitExceeded');
});

test('an enciphered PIN gets the key and a challenge', async () => {
  const key = { modulus: fromHex('C1'), exponent: fromHex('03') };
  const setting = { ...testSetting().authenticator, recoverPinKey: () => key };
  const card = cardOf({
    records: records({ '8E': '00000000000000000403' }),
    others: { '84': () => '0102030405060708', '20': ({ p2 }) => (p2 === 0x88 ? 0x9000 : 0x6a86) },
  });
  const outcome = await pay(
    card,
    { ...LENIENT, setting: { authenticator: setting } },
    {
      offline_pin: ({ encipherment }) => {
        expect(encipherment).toEqual({ ...key, challenge: fromHex('0102030405060708') });
        return { to: 'offline_pin', kind: 'entered', block: CardData.take(fromHex('AB')) };
      },
    },
  );
  expect(toHex(ended(outcome).evidence.cvmResults)).toBe('040302');
});

test('an online PIN is captured with the number, which is wiped afterwards', async () => {
  const card = cardOf({ records: records({ '8E': '00000000000000000200' }) });
  let held: CardData | undefined;
  const outcome = await pay(card, ONLINE, {
    online_pin: ({ pan }) => {
      held = pan;
      return { to: 'online_pin', kind: 'captured' };
    },
    authorise: () => ({ to: 'authorise', kind: 'answered', arc: '00', isApproved: true }),
  });
  expect(tvrOf(outcome)).toContain('onlinePinEntered');
  expect(toHex(ended(outcome).evidence.cvmResults)).toBe('020000');
  expect(held?.isWiped).toBe(true);
});

test.each([
  ['no list', undefined],
  ['a list without rules', '0000000000000000'],
])('%s of verification: data are missing, nothing was performed', async (_what, list) => {
  const outcome = await pay(cardOf({ records: records({ '8E': list }) }), LENIENT);
  expect(tvrOf(outcome)).toContain('iccDataMissing');
  expect(toHex(ended(outcome).evidence.cvmResults)).toBe('3F0000');
});

test('half a rule ends the payment', async () => {
  const card = cardOf({ records: records({ '8E': '00000000000000001F001F' }) });
  expect(await pay(card, LENIENT)).toMatchObject({ reason: 'card_error' });
});

test('a card that has failed to prove itself is given no PIN in clear', async () => {
  const { authenticator } = testSetting();
  const failing = { ...authenticator, verifyStatic: () => ({ ok: false, reason: 'hash' }) as const };
  const card = cardOf({
    // SDA and verification; a PIN in clear, else a signature.
    options: hex([element('80', '500008010100')]),
    records: records({ '8E': '000000000000000041031E03' }),
  });
  const outcome = await pay(card, {
    application: { actionCodes: {} },
    setting: { authenticator: failing },
  });
  expect(tvrOf(outcome)).toContain('sdaFailed');
  expect(toHex(ended(outcome).evidence.cvmResults)).toBe('1E0300');
});
