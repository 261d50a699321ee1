import { must } from '@holdfast/base';
import { expect, test } from 'vitest';
import { toHex } from '../../encoding/hex.ts';
import { TVR } from '../bits.ts';
import { createContactlessKernel } from '../contactless.ts';
import { createContactKernel } from '../kernel.ts';
import { createTestCard, cryptogramAnswer, element, hex, type TestCard } from '../testing-card.ts';
import { application, cardOf, ended, LENIENT, records } from '../testing-contact.ts';
import { AID, play, testSetting } from '../testing-terminal.ts';
import type { PaymentChanges, Progress } from './checkpoint.ts';

/** Pays and notes every rest. */
function resting(changes: PaymentChanges = {}) {
  const rests: Progress[] = [];
  const setting = { ...testSetting(LENIENT), restsAtCheckpoints: true };
  const replies = {
    checkpoint: ({ progress }: { progress: Progress }) => {
      rests.push(progress);
      return { to: 'checkpoint', kind: 'go_on', changes } as const;
    },
  };
  return { rests, setting, replies };
}

test('a payment by contact rests three times, and tells of the card the first time', async () => {
  const { rests, setting, replies } = resting();
  const outcome = ended(await play(createContactKernel(setting), cardOf(), replies));
  expect(outcome.kind).toBe('approved');
  expect(rests.map(({ stage, card }) => [stage, card?.label])).toEqual([
    ['read', 'TEST'],
    ['examined', undefined],
    ['verified', undefined],
  ]);
  const [read, , verified] = rests;
  expect(read?.card?.pan.use((digits) => Buffer.from(digits).toString())).toBe('4761739001010119');
  expect(toHex(must(verified, 'it rested').cvmResults)).toBe('1F0002');
});

test('an expired card is known at the second rest', async () => {
  const { rests, setting, replies } = resting();
  await play(createContactKernel(setting), cardOf({ records: records({ '5F24': '251130' }) }), replies);
  expect(TVR.read(must(rests[1], 'it rested').tvr)?.expiredApplication).toBe(true);
});

test('what has changed of the payment is what the card signs and the terminal judges', async () => {
  const card = cardOf();
  const { setting, replies } = resting({ amount: 12_345n, isForcedOnline: true });
  const kernel = createContactKernel(setting);
  const outcome = await play(kernel, card, {
    ...replies,
    authorise: () => ({ to: 'authorise', kind: 'unreachable' }),
  });
  const sent = card.sent.find(({ ins }) => ins === 'AE');
  expect(sent?.data.slice(0, 12)).toBe('000000012345');
  const bits = TVR.read(ended(outcome).evidence.tvr);
  expect([bits?.floorLimitExceeded, bits?.merchantForcedOnline]).toEqual([true, true]);
});

/** A card to tap; its cryptogram comes with the processing options or by GENERATE AC. */
function tapped(isAtOnce = false): TestCard {
  const cryptogram = [element('9F26', '1122334455667788'), element('9F27', '80'), element('9F36', '0001')];
  const children = [
    ...[element('82', '0000'), element('94', '08010100'), element('9F6C', '0000')],
    ...(isAtOnce ? cryptogram : []),
  ];
  const options = hex([{ tag: '77', children }]);
  return createTestCard({
    directory: 'contactless',
    applications: [application({ aid: AID, options, cryptograms: [() => cryptogramAnswer('40')] })],
  });
}

test('a tap rests once, and may be broken off there', async () => {
  const { rests, setting, replies } = resting();
  await play(createContactlessKernel(setting), tapped(), replies);
  expect(rests.map(({ stage }) => stage)).toEqual(['read']);
  const broken = await play(createContactlessKernel(setting), tapped(), {
    checkpoint: () => ({ to: 'any', kind: 'cancelled' }),
  });
  expect(broken).toMatchObject({ kind: 'terminated', reason: 'cancelled' });
});

test.each(['given at once', 'by GENERATE AC'])(
  'a tap whose amount has changed at its rest is refused: %s',
  async (way) => {
    const isAtOnce = way === 'given at once';
    const { setting, replies } = resting({ amount: testSetting(LENIENT).payment.amount + 1n });
    const card = tapped(isAtOnce);
    expect(await play(createContactlessKernel(setting), card, replies)).toMatchObject({
      kind: 'terminated',
      reason: 'amount_changed',
      isFallbackAllowed: false,
    });
    expect(card.sent.map(({ ins }) => ins)).not.toContain('AE');
    const same = resting({ amount: setting.payment.amount });
    const outcome = await play(createContactlessKernel(same.setting), tapped(isAtOnce), {
      ...same.replies,
      authorise: () => ({ to: 'authorise', kind: 'unreachable' }),
    });
    expect(outcome.kind).not.toBe('terminated');
  },
);

test('nothing rests unless it is asked to', async () => {
  expect(ended(await play(createContactKernel(testSetting(LENIENT)), cardOf())).kind).toBe('approved');
});

test('a PIN that the pad gave to the card by itself is judged by the answer of the card', async () => {
  const list = records({ '8E': '00000000000000000100' });
  const asked: (number | undefined)[] = [];
  const answers = [0x63c2, 0x9000];
  const outcome = await play(
    createContactKernel(testSetting(LENIENT)),
    cardOf({ records: list, options: hex([element('80', '180008010100')]) }),
    {
      offline_pin: ({ triesLeft }) => {
        asked.push(triesLeft);
        return { to: 'offline_pin', kind: 'presented', sw: answers.shift() ?? 0x6983 };
      },
    },
  );
  expect(asked).toEqual([undefined, 2]);
  expect(toHex(ended(outcome).evidence.cvmResults)).toBe('010002');
});

/** Pays by contact; the amount changes from 50.00 at the last rest, where the holder was verified. */
async function payAfterVerification(cvmList: string | undefined, amount: bigint) {
  const { setting } = resting();
  const card = cardOf({ records: records({ '8E': cvmList }) });
  return await play(createContactKernel(setting), card, {
    checkpoint: ({ progress }) => {
      const changes = progress.stage === 'verified' ? { amount } : {};
      return { to: 'checkpoint', kind: 'go_on', changes };
    },
  });
}

/** No verification under 60.00, a signature above. */
const BY_AMOUNT = '00001770000000001F061E07';

test('another amount after the verification is refused where it would have been verified otherwise', async () => {
  expect(await payAfterVerification(BY_AMOUNT, 6_001n)).toMatchObject({
    kind: 'terminated',
    reason: 'amount_changed',
    isFallbackAllowed: false,
  });
  expect(await payAfterVerification(BY_AMOUNT, 5_999n)).toMatchObject({ kind: 'approved' });
});

test('another amount after the verification is taken where the rules are the same for it', async () => {
  for (const list of ['00000000000000001F00', undefined])
    expect(await payAfterVerification(list, 9_999n)).toMatchObject({ kind: 'approved' });
});
