import { fromHex, toHex, writePinBlock2 } from '@holdfast/cards';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { chipOf, testWallet } from '../testing-terminal.ts';
import { createRamCardMemory } from './memory.ts';
import { AID, ask, begin, CDOL1_DATA, say, swOf, valueIn } from './testing-chip.ts';

const wallet = testWallet();
const PSE = Buffer.from('1PAY.SYS.DDF01');
const PPSE = Buffer.from('2PAY.SYS.DDF01');
const pin = (digits: string) => writePinBlock2(new TextEncoder().encode(digits));

function chip(id: string, via: 'contact' | 'contactless' = 'contact') {
  return chipOf(wallet.withMemory(createRamCardMemory()), id, via);
}

test('the directory names the applications of the card, each in a record', async () => {
  const card = chip('debit-choice');
  const { data, sw } = await ask(card, say.select(PSE));
  expect(sw).toBe('9000');
  expect(toHex(valueIn(data, '88'))).toBe('01');
  const names = [];
  for (const record of [1, 2])
    names.push(toHex(valueIn((await ask(card, say.readRecord(1, record))).data, '4F')));
  expect(names).toEqual(['F048464401401001', 'F0484644013060']);
  expect(await swOf(card, say.readRecord(1, 3))).toBe('6A83');
  expect(await swOf(card, say.readRecord(2, 1))).toBe('6A82');
});

test('each interface has its own directory, and a card without an antenna has none by air', async () => {
  expect(await swOf(chip('visa-offline-pin'), say.select(PPSE))).toBe('6A82');
  const tapped = chip('visa-offline-pin', 'contactless');
  expect(await swOf(tapped, say.select(PSE))).toBe('6A82');
  const { data } = await ask(tapped, say.select(PPSE));
  expect(toHex(valueIn(data, '4F'))).toBe(toHex(AID.visa));
  expect(wallet.card('mastercard-static')?.hasAntenna).toBe(false);
  expect(wallet.card('mastercard-static')?.powerUp('contactless')).toBeUndefined();
});

test('the beginning of a name selects one application after the other', async () => {
  const card = chip('debit-choice');
  const beginning = fromHex('F048464401');
  const first = await ask(card, say.select(beginning));
  const next = await ask(card, say.select(beginning, 'next'));
  expect([first, next].map(({ data }) => toHex(valueIn(data, '84')))).toEqual([
    'F048464401401001',
    'F0484644013060',
  ]);
  expect(await swOf(card, say.select(beginning, 'next'))).toBe('6A82');
});

test('6283, 6A81: a blocked application answers with a warning and declines, a blocked card knows nothing', async () => {
  const blocked = chip('visa-application-blocked');
  const { data, sw } = await ask(blocked, say.select(AID.visa));
  expect([toHex(valueIn(data, '84')), sw]).toEqual([toHex(AID.visa), '6283']);
  expect(await swOf(blocked, say.options())).toBe('9000');
  const answer = await ask(blocked, say.generateAc('TC', CDOL1_DATA, false));
  expect(valueIn(answer.data, '80')[0]).toBe(0x00);
  const dead = chip('visa-card-blocked');
  expect(await swOf(dead, say.select(AID.visa))).toBe('6A81');
  expect(await swOf(dead, say.select(PSE))).toBe('6A81');
});

/** What a fresh chip answers to one command. */
const AT_ONCE: readonly (readonly [said: string, sw: string])[] = [
  ['FFA4040000', '6E00'],
  ['00FF0000', '6D00'],
  ['8016000000', '6D00'],
  ['00A4', '6700'],
  ['00A404000A0102', '6700'],
  ['00A4040004F0484601', '6700'],
  ['00A4000007F0484644011010', '6A86'],
  ['00A4040107F0484644011010', '6A86'],
  ['00A4040007F0484644019999', '6A82'],
  ['00B2010400', '6A86'],
  ['00B2010C00', '6985'],
  ['00B2000C00', '6A86'],
  ['00B2010D00', '6A86'],
  ['80CA9F3600', '6985'],
  ['80A8000002830000', '6985'],
  ['0084000000', '6985'],
  ['0020008008241234FFFFFFFFFF', '6985'],
  ['0088000004010203 0400'.replace(' ', ''), '6985'],
  [`80AE40001D${'00'.repeat(29)}00`, '6985'],
  [`0082000008${'00'.repeat(8)}`, '6985'],
  [`841E000008${'00'.repeat(8)}`, '6985'],
];

test.each(AT_ONCE)('%s to a chip that was just powered: %s', async (said, sw) => {
  expect(await swOf(chip('visa-offline-pin'), said)).toBe(sw);
});

/** What an application answers that was selected and initiated. */
const INITIATED: readonly (readonly [said: string, sw: string])[] = [
  ['80A8000002830000', '6985'],
  ['00B2010C00', '9000'],
  ['00B2090C00', '6A83'],
  ['00B2013C00', '6A82'],
  ['80CA9F3600', '9000'],
  ['80CA9F1300', '9000'],
  ['80CA9F1700', '9000'],
  ['80CA9F4F00', '9000'],
  ['80CA9F4E00', '6A88'],
  ['00B2015C00', '6A83'],
  ['0084000000', '9000'],
  ['00840000010100', '6700'],
  ['0020008008241234FFFFFFFFFF', '9000'],
  ['0020008008249999FFFFFFFFFF', '63C2'],
  ['0020008008341234FFFFFFFFFF', '63C2'],
  ['0020008007241234FFFFFFFF', '6700'],
  ['0020008108241234FFFFFFFFFF', '6A86'],
  ['0020008808241234FFFFFFFFFF', '6A81'],
  ['00880000040102030400', '9000'],
  ['008800000301020300', '6700'],
  ['00880001040102030400', '6A86'],
  [`80AEC0001D${'00'.repeat(29)}00`, '6A86'],
  [`80AE41001D${'00'.repeat(29)}00`, '6A86'],
  [`80AE40011D${'00'.repeat(29)}00`, '6A86'],
  [`80AE40001C${'00'.repeat(28)}00`, '6700'],
  [`80AE40001D${'00'.repeat(29)}00`, '9000'],
  [`0082000008${'00'.repeat(8)}`, '6985'],
  [`841E000008${'00'.repeat(8)}`, '6985'],
];

test.each(INITIATED)('%s to an application that was initiated: %s', async (said, sw) => {
  const card = chip('visa-offline-pin');
  await begin(card);
  expect(await swOf(card, said)).toBe(sw);
});

test('processing options: wrong data, wrong length, and once only', async () => {
  const card = chip('visa-offline-pin');
  await ask(card, say.select(AID.visa));
  expect(await swOf(card, '80A800000284')).toBe('6700');
  expect(await swOf(card, '80A8000002840000')).toBe('6A80');
  expect(await swOf(card, '80A8000003830101' + '00')).toBe('6700');
  expect(await swOf(card, '80A8000102830000')).toBe('6A86');
  expect(await swOf(card, say.readRecord(1, 1))).toBe('6985');
  expect(await swOf(card, say.options())).toBe('9000');
  expect(await swOf(card, say.options())).toBe('6985');
});

test('63Cx and 6983: a try goes before the comparison, a right PIN gives all of them back', async () => {
  const card = chip('visa-offline-pin');
  await begin(card);
  const tries = async () => valueIn((await ask(card, say.getData(0x9f17))).data, '9F17')[0];
  expect(await tries()).toBe(3);
  expect(await swOf(card, say.verify(pin('9999'), false))).toBe('63C2');
  expect(await swOf(card, say.verify(pin('12345'), false))).toBe('63C1');
  expect(await tries()).toBe(1);
  expect(await swOf(card, say.verify(pin('1234'), false))).toBe('9000');
  expect(await tries()).toBe(3);
  for (const left of ['63C2', '63C1', '63C0']) {
    expect(await swOf(card, say.verify(pin('4321'), false))).toBe(left);
  }
  expect(await swOf(card, say.verify(pin('1234'), false))).toBe('6983');
  expect(await tries()).toBe(0);
});

test('an enciphered PIN needs a challenge of its own, right before it', async () => {
  const card = chip('visa-enciphered-pin');
  await begin(card);
  const noise = new Uint8Array(112).fill(1);
  expect(await swOf(card, say.verify(noise, true))).toBe('6985');
  await ask(card, say.getChallenge());
  await ask(card, say.getData(0x9f36));
  expect(await swOf(card, say.verify(noise, true))).toBe('6985');
  await ask(card, say.getChallenge());
  expect(await swOf(card, say.verify(noise.subarray(1), true))).toBe('6700');
  await ask(card, say.getChallenge());
  expect(await swOf(card, say.verify(noise, true))).toBe('63C2');
  expect(await swOf(card, say.verify(pin('2468'), false))).toBe('6A81');
});

test('no PIN is taken by air, and none by a card that has none', async () => {
  const tapped = chip('mastercard-offline-pin', 'contactless');
  await begin(tapped, AID.mastercard);
  expect(await swOf(tapped, say.verify(pin('4412'), false))).toBe('6A81');
  const bare = chip('visa-no-pin');
  await begin(bare);
  expect(await swOf(bare, say.verify(pin('0000'), false))).toBe('6A81');
  expect(await swOf(bare, say.getData(0x9f17))).toBe('6A88');
});

test('6300 and once only: an issuer that is not the card’s', async () => {
  const card = chip('visa-offline-pin');
  await begin(card);
  await ask(card, say.generateAc('ARQC', CDOL1_DATA, false));
  expect(await swOf(card, say.externalAuthenticate(new Uint8Array(7)))).toBe('6700');
  expect(await swOf(card, `0082010008${'00'.repeat(8)}`)).toBe('6A86');
  expect(await swOf(card, say.externalAuthenticate(new Uint8Array(10)))).toBe('6300');
  expect(await swOf(card, say.externalAuthenticate(new Uint8Array(10)))).toBe('6985');
  const second = await ask(card, say.generateAc('TC', Uint8Array.of(0x30, 0x30, ...CDOL1_DATA), false));
  // A decline, and why: the issuer's answer did not hold.
  expect(valueIn(second.data, '80')[0]).toBe(0x03);
});

test('cards that take the issuer’s answer within CDOL2 have no command for it, cards without a key no signature', async () => {
  const other = chip('mastercard-offline-pin');
  await begin(other, AID.mastercard);
  expect(await swOf(other, say.externalAuthenticate(new Uint8Array(10)))).toBe('6D00');
  const fixed = chip('mastercard-static');
  await begin(fixed, AID.mastercard);
  expect(await swOf(fixed, say.internalAuthenticate(fromHex('01020304')))).toBe('6D00');
});

test('the second cryptogram follows a request only, is no request, and is the last', async () => {
  const card = chip('visa-offline-pin');
  await begin(card);
  const second = Uint8Array.of(0x59, 0x33, ...CDOL1_DATA);
  expect(valueIn((await ask(card, say.generateAc('ARQC', CDOL1_DATA, false))).data, '80')[0]).toBe(0x80);
  expect(await swOf(card, say.generateAc('ARQC', second, false))).toBe('6985');
  expect(valueIn((await ask(card, say.generateAc('TC', second, false))).data, '80')[0]).toBe(0x40);
  expect(await swOf(card, say.generateAc('TC', second, false))).toBe('6985');
  const approved = chip('visa-offline-pin');
  await begin(approved);
  await ask(approved, say.generateAc('TC', CDOL1_DATA, false));
  expect(await swOf(approved, say.generateAc('TC', second, false))).toBe('6985');
});

test('the counter goes up with each payment, whatever becomes of it, and ends one payment before its end', async () => {
  const memory = createRamCardMemory();
  const renewed = wallet.withMemory(memory);
  const atc = async () => {
    const card = chipOf(renewed, 'visa-offline-pin');
    await begin(card);
    return toHex(valueIn((await ask(card, say.getData(0x9f36))).data, '9F36'));
  };
  expect([await atc(), await atc()]).toEqual(['0015', '0016']);
  const state = memory.load(0);
  if (state === undefined) throw new Error('the first card was used');
  for (const application of state.applications) application.atc = 0xffff;
  await memory.save(0, state);
  const worn = chipOf(wallet.withMemory(memory), 'visa-offline-pin');
  await ask(worn, say.select(AID.visa));
  expect(await swOf(worn, say.options())).toBe('6985');
});

test('what must be remembered is durable before the card answers', async () => {
  const events: string[] = [];
  const ram = createRamCardMemory();
  const memory = {
    load: ram.load,
    save: async (index: number, state: NonNullable<ReturnType<typeof ram.load>>) => {
      await Promise.resolve();
      await ram.save(index, state);
      const [application] = state.applications;
      events.push(`atc ${application?.atc}, tries ${state.pin_tries_left}`);
    },
  };
  const card = chipOf(wallet.withMemory(memory), 'visa-offline-pin');
  await ask(card, say.select(AID.visa));
  for (const said of [say.options(), say.verify(pin('9999'), false), say.verify(pin('1234'), false)]) {
    await ask(card, said);
    events.push('answer');
  }
  expect(events).toEqual([
    'atc 21, tries 3',
    'answer',
    'atc 21, tries 2',
    'answer',
    'atc 21, tries 1',
    'atc 21, tries 3',
    'answer',
  ]);
});

test('a payment that was broken off after the request makes the next one go online', async () => {
  const renewed = wallet.withMemory(createRamCardMemory());
  const first = chipOf(renewed, 'visa-offline-pin');
  await begin(first);
  await ask(first, say.generateAc('ARQC', CDOL1_DATA, false));
  const next = chipOf(renewed, 'visa-offline-pin');
  await begin(next);
  const { data } = await ask(next, say.generateAc('TC', CDOL1_DATA, false));
  const answer = valueIn(data, '80');
  expect(answer[0]).toBe(0x80);
  // In its verification results: the last online transaction was not completed.
  expect(toHex(answer.subarray(11))).toBe('06010A03A08000');
});

test('the log has the payments of the card, the newest first', async () => {
  const renewed = wallet.withMemory(createRamCardMemory());
  for (let count = 0; count < 12; count += 1) {
    const card = chipOf(renewed, 'visa-offline-pin');
    await begin(card);
    await ask(card, say.generateAc('AAC', CDOL1_DATA, false));
  }
  const card = chipOf(renewed, 'visa-offline-pin');
  await ask(card, say.select(AID.visa));
  const format = valueIn((await ask(card, say.getData(0x9f4f))).data, '9F4F');
  expect(toHex(format)).toBe('9A039F02065F2A029F36029F2701');
  expect(toHex((await ask(card, say.readRecord(11, 1))).data)).toBe('2611200000000025000752002000');
  expect(await swOf(card, say.readRecord(11, 10))).toBe('9000');
  expect(await swOf(card, say.readRecord(11, 11))).toBe('6A83');
});

/** Commands that a card knows, with parameters and data of any kind, and bytes of no kind at all. */
const COMMANDS = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .record({
      head: fc.constantFrom(
        '00A4',
        '00B2',
        '80CA',
        '80A8',
        '0088',
        '0084',
        '0020',
        '80AE',
        '0082',
        '841E',
        '8424',
        '04DA',
      ),
      p1: fc.constantFrom(0x00, 0x01, 0x04, 0x40, 0x50, 0x80, 0x9f),
      p2: fc.constantFrom(0x00, 0x02, 0x0c, 0x14, 0x1c, 0x80, 0x88, 0x17, 0x36),
      data: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        fc.constantFrom(AID.visa, fromHex('8300'), CDOL1_DATA, pin('1234'), pin('9999')),
      ),
    })
    .map(({ head, p1, p2, data }) => Uint8Array.of(...fromHex(head), p1, p2, data.length, ...data)),
);

test('whatever is sent, the chip answers, its counter never falls and its tries never grow beyond their limit', async () => {
  const ids = ['visa-offline-pin', 'visa-enciphered-pin', 'mastercard-offline-pin', 'amex-signature'];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ids),
      fc.constantFrom('contact', 'contactless'),
      fc.array(COMMANDS, { maxLength: 30 }),
      async (id, via, commands) => {
        const memory = createRamCardMemory();
        const card = chipOf(wallet.withMemory(memory), id, via);
        const index = wallet.cards.findIndex((each) => each.id === id);
        let last = 20;
        for (const command of [fromHex(`00A4040007${toHex(AID.visa)}`), ...commands]) {
          const answer = await card.transmit(command);
          expect(answer.length).toBeGreaterThanOrEqual(2);
          expect(answer.length).toBeLessThanOrEqual(258);
          const state = memory.load(index);
          if (state === undefined) continue;
          const counter = state.applications[0]?.atc ?? 0;
          expect(counter).toBeGreaterThanOrEqual(last);
          expect(state.pin_tries_left).toBeLessThanOrEqual(3);
          last = counter;
        }
      },
    ),
    { numRuns: 200 },
  );
});
