import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../encoding/hex.ts';
import { cryptogramAnswer, element, hex } from '../testing-card.ts';
import {
  answerAsAsked,
  cardOf,
  ended,
  LENIENT,
  ONLINE,
  pay,
  records,
  tsiOf,
  tvrOf,
} from '../testing-contact.ts';

test('CDOL1 is filled with what the terminal knows', async () => {
  const card = cardOf();
  await pay(card, LENIENT);
  const [generate] = card.sent.filter(({ ins }) => ins === 'AE');
  expect(generate).toMatchObject({ p1: 0x40, p2: 0 });
  expect(generate?.data).toBe(
    `${'000000005000'}${'000000000000'}${'0752'}${'8000000000'}${'0752'}${'261120'}${'00'}${'5A5A5A5A'}`,
  );
});

test('the acquirer wants an unauthenticated card online, and offline default codes decline it', async () => {
  const outcome = ended(
    await pay(cardOf(), {}, { authorise: () => ({ to: 'authorise', kind: 'unreachable' }) }),
  );
  expect(outcome).toMatchObject({
    kind: 'declined',
    how: 'offline',
    evidence: { arc: 'Z3', cryptogramType: 'AAC' },
  });
});

test('a card may answer with less than was asked for', async () => {
  const outcome = ended(await pay(cardOf({ cryptograms: [() => cryptogramAnswer('00')] }), LENIENT));
  expect(outcome).toMatchObject({
    kind: 'declined',
    how: 'offline',
    evidence: { arc: 'Z1', cryptogramType: 'AAC' },
  });
});

test('a card that answers with more than was asked for ends the payment', async () => {
  const card = cardOf({ cryptograms: [() => cryptogramAnswer('40')] });
  expect(await pay(card, ONLINE)).toEqual({
    kind: 'terminated',
    reason: 'card_error',
    isFallbackAllowed: false,
    mustReverse: false,
  });
});

test('service not allowed', async () => {
  const card = cardOf({ cryptograms: [() => cryptogramAnswer('01')] });
  expect(await pay(card, LENIENT)).toMatchObject({ kind: 'terminated', reason: 'service_not_allowed' });
});

test('online: the issuer is authenticated, scripts run around the second cryptogram, and the card has the last word', async () => {
  const card = cardOf({
    others: { '82': () => '', '24': () => '', '18': () => 0x6985 },
  });
  const scripts = hex([
    { tag: '71', children: [element('9F18', '11223344'), element('86', '8424000008AABBCCDD11223344')] },
    {
      tag: '72',
      children: [element('86', '8424000008AABBCCDD11223344'), element('86', '8418000008AABBCCDD11223344')],
    },
  ]);
  let asked = '';
  const outcome = ended(
    await pay(card, ONLINE, {
      authorise: ({ chipData, pan, track2, sequenceNumber }) => {
        asked = toHex(chipData);
        expect(sequenceNumber).toBe(1);
        pan.wipe();
        track2?.wipe();
        const issuerAuthenticationData = fromHex('11223344556677883030');
        return {
          to: 'authorise',
          kind: 'answered',
          arc: '00',
          isApproved: true,
          issuerAuthenticationData,
          scripts: fromHex(scripts),
        };
      },
    }),
  );
  expect(outcome).toMatchObject({
    kind: 'approved',
    how: 'online',
    evidence: { arc: '00', cryptogramType: 'TC' },
  });
  expect(asked).toContain('9F2701');
  expect(asked).not.toContain('8A02');
  expect(outcome.evidence.scriptResults.map(toHex)).toEqual(['2011223344', '1200000000']);
  expect(tvrOf(outcome)).toContain('scriptFailedAfterFinalGenerateAc');
  expect(tsiOf(outcome)).toEqual([
    'cardholderVerificationPerformed',
    'cardRiskManagementPerformed',
    'terminalRiskManagementPerformed',
    'scriptProcessingPerformed',
  ]);
  expect(card.sent.slice(-5).map(({ ins }) => ins)).toEqual(['AE', '24', 'AE', '24', '18']);
  expect(card.sent.at(-3)).toMatchObject({ p1: 0x40, data: '303080000008005A5A5A5A' });
});

test('issuer authentication that fails is noted before the second cryptogram', async () => {
  const card = cardOf({
    options: hex([element('80', '140008010100')]),
    others: { '82': () => 0x6300 },
  });
  const outcome = await pay(card, ONLINE, {
    authorise: () => ({
      to: 'authorise',
      kind: 'answered',
      arc: '00',
      isApproved: true,
      issuerAuthenticationData: fromHex('11223344556677883030'),
    }),
  });
  expect(tvrOf(outcome)).toContain('issuerAuthenticationFailed');
  expect(tsiOf(outcome)).toContain('issuerAuthenticationPerformed');
  expect(card.sent.map(({ ins }) => ins)).toContain('82');
});

test('the card declines what the issuer approved: a reversal is due', async () => {
  const card = cardOf({ cryptograms: [() => cryptogramAnswer('80'), () => cryptogramAnswer('00')] });
  const outcome = await pay(card, ONLINE, {
    authorise: () => ({ to: 'authorise', kind: 'answered', arc: '00', isApproved: true }),
  });
  expect(outcome).toMatchObject({ kind: 'declined', how: 'online', mustReverse: true });
});

test('the issuer declines: the card is asked for an AAC', async () => {
  const card = cardOf();
  const outcome = await pay(card, ONLINE, {
    authorise: () => ({ to: 'authorise', kind: 'answered', arc: '51', isApproved: false }),
  });
  expect(outcome).toMatchObject({
    kind: 'declined',
    how: 'online',
    mustReverse: false,
    evidence: { arc: '51' },
  });
  expect(card.sent.at(-1)).toMatchObject({ ins: 'AE', p1: 0x00 });
});

test('the issuer cannot be reached and nothing forbids it: approved offline with Y3', async () => {
  const changes = { ...ONLINE, application: { actionCodes: { online: fromHex('0000000800') } } };
  const outcome = await pay(cardOf(), changes, {
    authorise: () => ({ to: 'authorise', kind: 'unreachable' }),
  });
  expect(outcome).toMatchObject({
    kind: 'approved',
    how: 'offline',
    evidence: { arc: 'Y3', cryptogramType: 'TC' },
  });
});

test('an offline-only terminal asks nobody: the second cryptogram decides', async () => {
  const card = cardOf({ cryptograms: [() => cryptogramAnswer('80'), answerAsAsked] });
  const outcome = await pay(card, { ...LENIENT, terminal: { terminalType: 0x23 } });
  expect(outcome).toMatchObject({ kind: 'approved', how: 'offline', evidence: { arc: 'Y1' } });
});

test('a card that wants the hash of the transaction gets it, over the default list if it has none', async () => {
  const card = cardOf({ records: records({ '8C': '9814' }) });
  const changes = { application: { ...LENIENT.application, defaultTdol: fromHex('9F0206') } };
  const outcome = await pay(card, changes);
  expect(tvrOf(outcome)).toContain('defaultTdolUsed');
  const hash = createHash('sha1').update(fromHex('000000005000')).digest();
  expect(card.sent.at(-1)?.data).toBe(toHex(hash));
});

test('what only the issuer can say is not taken from the card', async () => {
  const card = cardOf({ records: records({ '8A': '3030' }) });
  const outcome = await pay(card, ONLINE, {
    authorise: ({ chipData }) => {
      expect(toHex(chipData)).not.toContain('8A02');
      return { to: 'authorise', kind: 'unreachable' };
    },
  });
  expect(outcome.kind).toBe('declined');
});

test('a warning does not end a script', async () => {
  const card = cardOf({ others: { '18': () => 0x6300, '24': () => 0x9000 } });
  const scripts = hex([{ tag: '71', children: [element('86', '84180000'), element('86', '84240000')] }]);
  const outcome = ended(
    await pay(card, ONLINE, {
      authorise: () => ({
        to: 'authorise',
        kind: 'answered',
        arc: '00',
        isApproved: true,
        scripts: fromHex(scripts),
      }),
    }),
  );
  expect(outcome.evidence.scriptResults.map(toHex)).toEqual(['2000000000']);
  expect(card.sent.map(({ ins }) => ins)).toContain('24');
});

test.each([
  [0x22, ['selectedRandomlyForOnline']],
  [0x23, []],
  [0x21, []],
])('random selection is for terminals that can do both: type %i', async (terminalType, bits) => {
  const { actionCodes } = { ...LENIENT.application };
  const randomSelection = { targetPercent: 99, maximumPercent: 99, threshold: 0n };
  const outcome = await pay(
    cardOf(),
    { application: { actionCodes: actionCodes ?? {}, randomSelection }, terminal: { terminalType } },
    { authorise: () => ({ to: 'authorise', kind: 'answered', arc: '00', isApproved: true }) },
  );
  expect(tvrOf(outcome).filter((name) => name === 'selectedRandomlyForOnline')).toEqual(bits);
});
