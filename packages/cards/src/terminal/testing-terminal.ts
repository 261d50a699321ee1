/** A terminal for tests of kernels: an ordinary setting, and a driver that answers questions at once. */
import { fromHex } from '../encoding/hex.ts';
import type { Answer, Question } from './kernel/dialogue.ts';
import type { Outcome } from './kernel/outcome.ts';
import type { ApplicationProfile, KernelSetting, Payment, TerminalProfile } from './kernel/profile.ts';
import { driveKernel, type Interruption, type Kernel } from './kernel/session.ts';
import type { TestCard } from './testing-card.ts';

export const AID = 'A0000000031010';

const ZEROS = fromHex('0000000000');

export type SettingChanges = {
  terminal?: Partial<TerminalProfile>;
  application?: Partial<ApplicationProfile>;
  payment?: Partial<Payment>;
  setting?: Partial<KernelSetting>;
};

/** An attended terminal that works offline and online, takes every kind of verification, and asks for 50.00. */
export function testSetting(changes: SettingChanges = {}): KernelSetting {
  const application: ApplicationProfile = {
    aid: fromHex(AID),
    isPartial: true,
    version: fromHex('008C'),
    floorLimit: 10_000n,
    actionCodes: { denial: ZEROS, online: fromHex('F850ACF800'), default: fromHex('DC4000A800') },
    contactless: { transactionLimit: 40_000n, cvmLimit: 5_001n, floorLimit: 10_000n },
    ...changes.application,
  };
  return {
    terminal: {
      terminalType: 0x22,
      capabilities: fromHex('E0F8C8'),
      additionalCapabilities: fromHex('F000F0A001'),
      country: fromHex('0752'),
      usesDirectory: false,
      hasApplicationChoice: true,
      applications: [application],
      elements: [],
      ...changes.terminal,
    },
    payment: {
      amount: 5_000n,
      otherAmount: 0n,
      currency: fromHex('0752'),
      currencyExponent: 2,
      kind: 'purchase',
      transactionType: 0,
      date: fromHex('261120'),
      time: fromHex('101500'),
      sequenceCounter: 7,
      isForcedOnline: false,
      ...changes.payment,
    },
    authenticator: {
      verifyStatic: () => ({ ok: true, elements: [] }),
      verifyDynamic: () => ({ ok: true, elements: [] }),
      prepareCombined: () => ({ ok: true, elements: [] }),
      verifyCombined: () => ({ ok: true, elements: [] }),
      recoverPinKey: () => undefined,
    },
    risk: { lastAmount: () => undefined, isOnExceptionList: () => false },
    random: { bytes: (length) => new Uint8Array(length).fill(0x5a), unit: () => 0.5 },
    ...changes.setting,
  };
}

type Asked = Exclude<Question, { ask: 'transmit' }>;
/** Answers by the name of the question. A question without an answer fails the test. */
export type Replies = { [K in Asked['ask']]?: (question: Asked & { ask: K }) => Answer | Interruption };

/** Runs the kernel against the card to its end. */
export async function play(kernel: Kernel, card: TestCard, replies: Replies = {}): Promise<Outcome> {
  return await driveKernel(kernel, {
    transmit: async (command) => card.answer(command),
    answer: async (question) => replyTo(question, replies),
  });
}

function replyTo(question: Asked, replies: Replies): Answer | Interruption {
  // Each reply takes the question of its own name, which an index by that name cannot tell the compiler.
  const reply = replies[question.ask] as ((asked: Asked) => Answer | Interruption) | undefined;
  if (reply === undefined) throw new Error(`the test has no answer to ${question.ask}`);
  return reply(question);
}
