import { expect, test } from 'vitest';
import { type Command, encodeCommand } from '../../apdu/command.ts';
import { parseResponse, type Response } from '../../apdu/response.ts';
import { CardData } from '../../card-data.ts';
import { fromHex } from '../../encoding/hex.ts';
import { createContactKernel } from '../kernel.ts';
import { createTestCard, cryptogramAnswer, element, hex, type TestCard } from '../testing-card.ts';
import { cardOf, LENIENT, records } from '../testing-contact.ts';
import { AID, play, testSetting } from '../testing-terminal.ts';
import type { Outcome } from './outcome.ts';
import { driveKernel, type Kernel, type KernelStep } from './session.ts';

const APPROVED = { to: 'authorise', kind: 'answered', arc: '00', isApproved: true } as const;

/** A card that asks for the issuer and then approves. */
function card(): TestCard {
  const elements = [
    element('5A', '4761739001010119'),
    element('5F24', '311231'),
    element('8C', '9F3704'),
    element('8D', '8A02'),
    element('9F0F', '0000000000'),
    element('9F0D', '0000000000'),
  ];
  return createTestCard({
    applications: [
      {
        aid: AID,
        options: hex([element('80', '000008010100')]),
        records: { 1: [elements] },
        cryptograms: [() => cryptogramAnswer('80'), () => cryptogramAnswer('40')],
        others: { '18': () => '' },
      },
    ],
  });
}

function kernel(): Kernel {
  return createContactKernel(testSetting({ payment: { isForcedOnline: true } }));
}

/** Lets the kernel run until the card is asked for the `n`th time, and pulls the card out there. */
function pulledOutAt(n: number): Outcome {
  const real = card();
  const run = kernel();
  let step: KernelStep = run.start();
  let count = 0;
  while (step.kind === 'ask') {
    if (step.question.ask === 'authorise') {
      const scripts = hex([{ tag: '72', children: [element('86', '84180000')] }]);
      step = run.answer({ ...APPROVED, scripts: fromHex(scripts) });
      continue;
    }
    if (step.question.ask !== 'transmit') throw new Error(step.question.ask);
    count += 1;
    if (count === n) {
      step = run.answer({ to: 'any', kind: 'card_removed' });
      continue;
    }
    const { command } = step.question;
    step = run.answer({ to: 'transmit', kind: 'response', response: responseTo(real, command) });
  }
  return step.outcome;
}

function responseTo(real: TestCard, command: Command | Uint8Array): Response {
  const parsed = parseResponse(real.answer(command instanceof Uint8Array ? command : encodeCommand(command)));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.response;
}

// SELECT twice, GET PROCESSING OPTIONS, one record, GENERATE AC, GENERATE AC, one script.
test.each([
  [1, false],
  [2, false],
  [3, false],
  [4, false],
  [5, false],
  [6, true],
])('a card that is pulled out at command %i ends the payment; a reversal is due: %s', (n, mustReverse) => {
  expect(pulledOutAt(n)).toEqual({
    kind: 'terminated',
    reason: 'card_removed',
    isFallbackAllowed: false,
    mustReverse,
  });
});

test('a card that is pulled out after its approval has approved', () => {
  expect(pulledOutAt(7)).toMatchObject({ kind: 'approved', how: 'online', mustReverse: false });
  expect(pulledOutAt(8)).toMatchObject({ kind: 'approved', how: 'online' });
});

test('while the issuer is asked nothing is known: an interruption must be reversed', async () => {
  const outcome = await play(kernel(), card(), { authorise: () => ({ to: 'any', kind: 'cancelled' }) });
  expect(outcome).toEqual({
    kind: 'terminated',
    reason: 'cancelled',
    isFallbackAllowed: false,
    mustReverse: true,
  });
});

test('a chip that says nothing sensible before an application is opened lets the stripe stand in', async () => {
  const silent: TestCard = { sent: [], answer: () => fromHex('90') };
  expect(await play(kernel(), silent)).toMatchObject({ reason: 'card_error', isFallbackAllowed: true });
  const real = card();
  let count = 0;
  const failing: TestCard = {
    sent: real.sent,
    answer: (bytes) => {
      count += 1;
      return count < 3 ? real.answer(bytes) : fromHex('');
    },
  };
  expect(await play(kernel(), failing)).toMatchObject({ reason: 'card_error', isFallbackAllowed: false });
});

test('a port that fails fails the run', async () => {
  const ports = {
    transmit: async (): Promise<Uint8Array> => {
      throw new Error('the reader is unplugged');
    },
    answer: async () => APPROVED,
  };
  await expect(driveKernel(kernel(), ports)).rejects.toThrow('the reader is unplugged');
});

test('a kernel that has ended takes no answer, and an answer to another question is refused', () => {
  const run = kernel();
  run.start();
  expect(() => run.answer(APPROVED)).toThrow('belongs to the question');
  const other = kernel();
  other.start();
  other.answer({ to: 'any', kind: 'cancelled' });
  expect(() => other.answer({ to: 'any', kind: 'cancelled' })).toThrow('has ended');
});

test('the request to the issuer is its receiver’s to wipe, and the outcome its caller’s', async () => {
  let held: CardData | undefined;
  const outcome = await play(kernel(), card(), {
    authorise: ({ pan }) => {
      held = pan;
      return APPROVED;
    },
  });
  expect(held?.isWiped).toBe(false);
  expect(outcome.kind === 'approved' && outcome.evidence.card.pan.isWiped).toBe(false);
});

test('what went to the card and came from it is overwritten', async () => {
  const real = card();
  const exchanged: Uint8Array[] = [];
  const outcome = await driveKernel(kernel(), {
    transmit: async (command) => {
      const answer = real.answer(command);
      exchanged.push(command, answer);
      return answer;
    },
    answer: async () => APPROVED,
  });
  expect(outcome.kind).toBe('approved');
  expect(exchanged.length).toBeGreaterThan(10);
  expect(exchanged.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true);
});

test('a command that was lost with its port is overwritten: a PIN may have been in it', async () => {
  const asking = cardOf({ records: records({ '8E': '00000000000000000103' }) });
  const sent: Uint8Array[] = [];
  const playing = driveKernel(createContactKernel(testSetting(LENIENT)), {
    transmit: async (command) => {
      sent.push(command);
      if (command[1] === 0x20) throw new Error('the port is gone');
      return asking.answer(command);
    },
    answer: async () => ({
      to: 'offline_pin',
      kind: 'entered',
      block: CardData.take(fromHex('241234FFFFFFFFFF')),
    }),
  });
  await expect(playing).rejects.toThrow('the port is gone');
  expect(sent.at(-1)?.every((byte) => byte === 0)).toBe(true);
});
