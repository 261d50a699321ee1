import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { findTlv, parseTlv } from '../tlv/ber-tlv.ts';
import { createTestCard, element, hex, type TestCard } from './testing-card.ts';
import { application, cardOf, ended, LENIENT, PAN, pay, records, tsiOf, tvrOf } from './testing-contact.ts';
import { AID } from './testing-terminal.ts';

test('a card that asks for nothing is approved offline, and the outcome says all that a receipt and clearing need', async () => {
  const card = cardOf();
  const outcome = ended(await pay(card, LENIENT));
  expect(outcome).toMatchObject({ kind: 'approved', how: 'offline', mustReverse: false });
  const { evidence } = outcome;
  expect(evidence).toMatchObject({ arc: 'Y1', cryptogramType: 'TC', atc: 1, isSignatureRequired: false });
  expect(toHex(evidence.cryptogram)).toBe('1122334455667788');
  expect(toHex(evidence.cvmResults)).toBe('1F0002');
  expect(tvrOf(outcome)).toEqual(['offlineDataAuthenticationNotPerformed']);
  expect(tsiOf(outcome)).toEqual([
    'cardholderVerificationPerformed',
    'cardRiskManagementPerformed',
    'terminalRiskManagementPerformed',
  ]);
  expect(evidence.card.pan.use((digits) => Buffer.from(digits).toString())).toBe(PAN);
  expect(card.sent.map(({ ins }) => ins)).toEqual(['A4', 'A4', 'A8', 'B2', 'AE']);
});

test('field 55 holds neither number nor track', async () => {
  const { evidence } = ended(await pay(cardOf(), LENIENT));
  const parsed = parseTlv(evidence.chipData);
  if (!parsed.ok) throw new Error(parsed.reason);
  expect(findTlv(parsed.objects, '57')).toBeUndefined();
  expect(findTlv(parsed.objects, '5A')).toBeUndefined();
  expect(toHex(evidence.chipData)).not.toContain(PAN);
  for (const tag of ['82', '95', '9A', '9C', '9F02', '9F10', '9F26', '9F27', '9F34', '9F36', '9F37']) {
    expect(findTlv(parsed.objects, tag), tag).toBeDefined();
  }
});

test('a blocked card', async () => {
  const blocked: TestCard = { sent: [], answer: () => fromHex('6A81') };
  expect(await pay(blocked)).toMatchObject({ reason: 'card_blocked', isFallbackAllowed: false });
});

test('a blocked application is not taken, and the stripe does not stand in for it', async () => {
  expect(await pay(cardOf({ selectSw: 0x6283 }))).toMatchObject({
    reason: 'no_application',
    isFallbackAllowed: false,
  });
});

test('nothing in common: the stripe may be taken', async () => {
  const card = cardOf({ aid: 'A0000000041010' });
  expect(await pay(card)).toMatchObject({ reason: 'no_application', isFallbackAllowed: true });
});

test('the cardholder chooses in the order of priority, and an application that refuses is not offered again', async () => {
  const applications = [
    application({ aid: `${AID}01`, label: 'SECOND', priority: '02' }),
    application({ aid: `${AID}02`, label: 'FIRST', priority: '01', options: 0x6985 }),
    application({ aid: `${AID}03`, label: 'CONSENT', priority: '83' }),
  ];
  for (const usesDirectory of [true, false]) {
    const card = createTestCard({ directory: 'contact', applications });
    const offered: string[][] = [];
    const outcome = await pay(
      card,
      { ...LENIENT, terminal: { usesDirectory } },
      {
        choose_application: ({ choices }) => {
          offered.push(choices.map(({ label }) => label));
          return { to: 'choose_application', kind: 'chosen', index: 0 };
        },
      },
    );
    expect(offered).toEqual([
      ['FIRST', 'SECOND', 'CONSENT'],
      ['SECOND', 'CONSENT'],
    ]);
    expect(ended(outcome).evidence.card.label).toBe('SECOND');
  }
});

test('without anybody to choose, the first application that needs no consent is taken', async () => {
  const applications = [
    application({ aid: `${AID}01`, label: 'CONSENT', priority: '81' }),
    application({ aid: `${AID}02`, label: 'FREE', priority: '02' }),
  ];
  const card = createTestCard({ applications });
  const outcome = await pay(card, { ...LENIENT, terminal: { hasApplicationChoice: false } });
  expect(ended(outcome).evidence.card.label).toBe('FREE');
});

test('a card that lists applications without end is tried a few times', async () => {
  const applications = Array.from({ length: 100 }, (_, index) =>
    application({ aid: `${AID}${index.toString(16).padStart(2, '0').toUpperCase()}`, options: 0x6985 }),
  );
  const whole = createTestCard({ directory: 'contact', applications });
  // Four of them fit one record; the card has record after record.
  const card: TestCard = {
    sent: whole.sent,
    answer: (bytes) => {
      const record = bytes[1] === 0xb2 ? (bytes[2] ?? 0) : 0;
      if (record === 0) return whole.answer(bytes);
      const some = applications.slice(4 * (record - 1), 4 * record);
      const one = createTestCard({ directory: 'contact', applications: some });
      return some.length === 0 ? fromHex('6A83') : one.answer(Uint8Array.of(0, 0xb2, 1, 0x0c, 0));
    },
  };
  const outcome = await pay(card, {
    ...LENIENT,
    terminal: { usesDirectory: true, hasApplicationChoice: false },
  });
  expect(outcome).toMatchObject({ kind: 'terminated', reason: 'no_application' });
  expect(card.sent.filter(({ ins }) => ins === 'A8')).toHaveLength(32);
});

test('a label is cut to what the standard allows, and shows nothing that a printer or a screen obeys', async () => {
  const shown: string[] = [];
  for (const directoryLabel of ['A NAME OF MORE THAN SIXTEEN', 'VI\x1b@\x10\x14SA\n\x7f']) {
    const card = createTestCard({ directory: 'contact', applications: [application({ directoryLabel })] });
    const outcome = await pay(card, { ...LENIENT, terminal: { usesDirectory: true } });
    shown.push(ended(outcome).evidence.card.label);
  }
  expect(shown).toEqual(['A NAME OF MORE T', 'VI@SA']);
});

test('the PDOL is answered within template 83', async () => {
  const card = cardOf({ pdol: '9F1A029F33039F4005' });
  await pay(card, LENIENT);
  expect(card.sent.find(({ ins }) => ins === 'A8')?.data).toBe('830A0752E0F8C8F000F0A001');
});

test.each(['5A', '5F24', '8C', '8D'])('without tag %s there is no payment', async (tag) => {
  expect(await pay(cardOf({ records: records({ [tag]: undefined }) }), LENIENT)).toMatchObject({
    reason: 'card_error',
  });
});

test('an element that is given twice ends the payment', async () => {
  const [first = []] = records()[1] ?? [];
  const card = cardOf({
    options: hex([element('80', '100008010200')]),
    records: { 1: [first, [element('5F24', '401231')]] },
  });
  expect(await pay(card, LENIENT)).toMatchObject({ reason: 'card_error' });
});

test.each([
  ['a record that is missing', '100008010200'],
  ['a file locator that is none', '1000080102'],
  ['a file locator that goes backwards', '100008020100'],
])('%s ends the payment', async (_what, options) => {
  expect(await pay(cardOf({ options: hex([element('80', options)]) }), LENIENT)).toMatchObject({
    reason: 'card_error',
  });
});

test('a record cannot replace what came with the processing options, nor what only the terminal knows', async () => {
  const repeated = cardOf({ records: records({ '82': '1000' }) });
  expect(await pay(repeated, LENIENT)).toMatchObject({ reason: 'card_error' });
  const pretending = cardOf({ records: records({ '95': '0000000000', '9F02': '000000000001' }) });
  const outcome = ended(await pay(pretending, LENIENT));
  expect(toHex(outcome.evidence.tvr)).toBe('8000000000');
  expect(toHex(outcome.evidence.chipData)).toContain('9F0206000000005000');
});

test('the answer to GENERATE AC cannot replace the card that was judged', async () => {
  const children = [
    element('9F27', '40'),
    element('9F36', '0001'),
    element('9F26', '1122334455667788'),
    element('5A', '5413330089020011'),
  ];
  const outcome = ended(await pay(cardOf({ cryptograms: [() => hex([{ tag: '77', children }])] }), LENIENT));
  expect(outcome.evidence.card.pan.use((digits) => Buffer.from(digits).toString())).toBe(PAN);
});

test('a list that asks for more than a command holds ends the payment', async () => {
  expect(await pay(cardOf({ records: records({ '8C': '9F02FF' }) }), LENIENT)).toMatchObject({
    reason: 'card_error',
  });
  expect(await pay(cardOf({ pdol: '9F02FF' }), LENIENT)).toMatchObject({ reason: 'no_application' });
});

test('an element whose length its tag forbids ends the payment', async () => {
  expect(await pay(cardOf({ records: records({ '9F0D': '0000' }) }), LENIENT)).toMatchObject({
    reason: 'card_error',
  });
});

test('velocity is asked of the card only if it has both limits', async () => {
  const data = { '9F36': hex([element('9F36', '0005')]), '9F13': hex([element('9F13', '0000')]) };
  const card = cardOf({ records: records({ '9F14': '03', '9F23': '09' }), data });
  expect(tvrOf(await pay(card, LENIENT))).toEqual(
    expect.arrayContaining(['newCard', 'lowerConsecutiveOfflineLimitExceeded']),
  );
  const without = cardOf({ records: records({ '9F14': '03' }), data });
  await pay(without, LENIENT);
  expect(without.sent.map(({ ins }) => ins)).not.toContain('CA');
});

test('the split sale and the exception list see number and sequence number', async () => {
  const seen: string[] = [];
  const note = (pan: Uint8Array, psn: number | undefined): void =>
    void seen.push(`${Buffer.from(pan)}/${psn}`);
  const risk = {
    lastAmount: (pan: Uint8Array, psn: number | undefined) => {
      note(pan, psn);
      return 5_000n;
    },
    isOnExceptionList: (pan: Uint8Array, psn: number | undefined) => {
      note(pan, psn);
      return true;
    },
  };
  const outcome = await pay(cardOf(), { ...LENIENT, setting: { risk } });
  expect(seen).toEqual([`${PAN}/1`, `${PAN}/1`]);
  expect(tvrOf(outcome)).toEqual(expect.arrayContaining(['floorLimitExceeded', 'cardOnExceptionFile']));
});

test('an expired card is noted', async () => {
  expect(tvrOf(await pay(cardOf({ records: records({ '5F24': '261119' }) }), LENIENT))).toContain(
    'expiredApplication',
  );
});
