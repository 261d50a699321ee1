import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CardData } from '../card-data.ts';
import { fromHex } from '../encoding/hex.ts';
import { createContactlessKernel } from './contactless.ts';
import type { Outcome } from './kernel/outcome.ts';
import { createContactKernel } from './kernel.ts';
import { createTestCard, cryptogramAnswer, element, hex, type TestCard } from './testing-card.ts';
import { application, ONLINE, records } from './testing-contact.ts';
import { AID, play, type Replies, testSetting } from './testing-terminal.ts';

/** More commands than any card makes a kernel send. */
const COMMANDS_MAX = 400;

/** A change of one answer: which one, where in it, and to what; `cut` shortens it. */
type Change = { answer: number; at: number; to: number; cut: boolean };

const change: fc.Arbitrary<Change> = fc.record({
  answer: fc.nat(12),
  at: fc.nat(120),
  to: fc.integer({ min: 0, max: 255 }),
  cut: fc.boolean(),
});

const REPLIES: Replies = {
  choose_application: () => ({ to: 'choose_application', kind: 'chosen', index: 0 }),
  offline_pin: () => ({
    to: 'offline_pin',
    kind: 'entered',
    block: CardData.take(fromHex('241234FFFFFFFFFF')),
  }),
  online_pin: () => ({ to: 'online_pin', kind: 'captured' }),
  authorise: () => ({
    to: 'authorise',
    kind: 'answered',
    arc: '00',
    isApproved: true,
    issuerAuthenticationData: fromHex('11223344556677883030'),
    scripts: fromHex('7106860484180000'),
  }),
};

/** The card with some of its answers changed; it counts its commands. */
function changed(card: TestCard, changes: readonly Change[]): TestCard {
  let count = 0;
  return {
    sent: card.sent,
    answer: (bytes) => {
      const answer = card.answer(bytes);
      for (const { at, to, cut } of changes.filter((one) => one.answer === count)) {
        const place = at % answer.length;
        if (cut) return answer.subarray(0, place);
        answer[place] = to;
      }
      count += 1;
      if (count > COMMANDS_MAX) throw new Error('the kernel does not come to an end');
      return answer;
    },
  };
}

function contactCard(): TestCard {
  const data = { '9F17': hex([element('9F17', '03')]), '9F36': hex([element('9F36', '0009')]) };
  const withPin = records({ '8E': '000000000000000041035E031F00', '9F14': '03', '9F23': '05' });
  const others = { '20': () => 0x9000, '82': () => 0x9000, '88': () => '8003AABBCC', '18': () => 0x9000 };
  const options = hex([element('80', '340008010100')]);
  return createTestCard({
    directory: 'contact',
    applications: [application({ data, records: withPin, others, options, priority: '01' })],
  });
}

function contactlessCard(): TestCard {
  const children = [
    element('82', '2000'),
    element('57', '4761739001010119D3112201000000000F'),
    element('9F26', '1122334455667788'),
    element('9F27', '80'),
    element('9F36', '0102'),
    element('9F6C', '8000'),
    element('94', '10010100'),
  ];
  return createTestCard({
    directory: 'contactless',
    applications: [
      {
        aid: AID,
        pdol: '9F66049F0206',
        options: hex([{ tag: '77', children }]),
        records: { 2: [[element('5F24', '311231')]] },
        cryptograms: [() => cryptogramAnswer('80')],
      },
    ],
  });
}

function isWhole(outcome: Outcome): boolean {
  if (outcome.kind === 'terminated') return true;
  outcome.evidence.card.pan.wipe();
  outcome.evidence.card.track2?.wipe();
  return outcome.evidence.tvr.length === 5 && outcome.evidence.cvmResults.length === 3;
}

test('by contact: whatever a card answers, the payment ends in an outcome', async () => {
  const ddol = { ...ONLINE.application, defaultDdol: fromHex('9F3704') };
  const setting = testSetting({ ...ONLINE, application: ddol, terminal: { usesDirectory: true } });
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 4 }), async (changes) => {
      const outcome = await play(createContactKernel(setting), changed(contactCard(), changes), REPLIES);
      kinds.add(outcome.kind);
      expect(isWhole(outcome)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
  expect(kinds).toEqual(new Set(['approved', 'declined', 'terminated']));
});

test('by tapping: whatever a card answers, the payment ends in an outcome', async () => {
  const setting = testSetting(ONLINE);
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 4 }), async (changes) => {
      const outcome = await play(
        createContactlessKernel(setting),
        changed(contactlessCard(), changes),
        REPLIES,
      );
      expect(isWhole(outcome)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test('noise instead of a card', async () => {
  const setting = testSetting({ terminal: { usesDirectory: true } });
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.uint8Array({ maxLength: 40 })), async (noise) => {
      const card: TestCard = {
        sent: [],
        answer: () => {
          const next = noise.next();
          return next.done === true ? new Uint8Array() : Uint8Array.of(...next.value, 0x90, 0x00);
        },
      };
      expect(isWhole(await play(createContactKernel(setting), card, REPLIES))).toBe(true);
      expect(isWhole(await play(createContactlessKernel(setting), card, REPLIES))).toBe(true);
    }),
  );
});
