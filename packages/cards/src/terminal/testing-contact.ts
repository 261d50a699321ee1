/** A card and a terminal for tests of payments by contact: one application that asks for nothing, and ways to change it. */
import { fromHex } from '../encoding/hex.ts';
import type { TlvSource } from '../tlv/ber-tlv.ts';
import { TSI, TVR } from './bits.ts';
import type { Outcome } from './kernel/outcome.ts';
import { createContactKernel } from './kernel.ts';
import {
  createTestCard,
  cryptogramAnswer,
  element,
  hex,
  type Sent,
  type TestApplication,
  type TestCard,
} from './testing-card.ts';
import { AID, play, type Replies, type SettingChanges, testSetting } from './testing-terminal.ts';

export const PAN = '4761739001010119';
const CDOL1 = '9F02069F03069F1A0295055F2A029A039C019F3704';
const CDOL2 = '8A0295059F3704';
const NO_CVM = '00000000000000001F00';

/** Elements of the card's only record; a value of undefined leaves one out. */
export function records(changes: Record<string, string | undefined> = {}): Record<number, TlvSource[][]> {
  const elements: Record<string, string | undefined> = {
    '5A': PAN,
    '57': `${PAN}D3112201000000000F`,
    '5F24': '311231',
    '5F34': '01',
    '8C': CDOL1,
    '8D': CDOL2,
    '8E': NO_CVM,
    '9F07': 'FF00',
    '9F0D': '0000000000',
    '9F0E': '0000000000',
    '9F0F': '0000000000',
    '5F28': '0752',
    '9F42': '0752',
    ...changes,
  };
  const present = Object.entries(elements).flatMap(([tag, value]) =>
    value === undefined ? [] : [element(tag, value)],
  );
  return { 1: [present] };
}

/** An application without offline authentication that answers GENERATE AC as it is asked. */
export function application(changes: Partial<TestApplication> = {}): TestApplication {
  return {
    aid: AID,
    options: hex([element('80', '100008010100')]),
    records: records(),
    cryptograms: [answerAsAsked, answerAsAsked],
    ...changes,
  };
}

const CODES: Readonly<Record<number, string>> = { 0: '00', 64: '40', 128: '80' };

export function answerAsAsked({ p1 }: Sent): string {
  return cryptogramAnswer(CODES[p1 & 0xc0] ?? '00');
}

export function cardOf(changes: Partial<TestApplication> = {}): TestCard {
  return createTestCard({ applications: [application(changes)] });
}

/** Pays by contact to the end. */
export async function pay(
  card: TestCard,
  changes: SettingChanges = {},
  replies: Replies = {},
): Promise<Outcome> {
  return await play(createContactKernel(testSetting(changes)), card, replies);
}

/** The outcome of a payment that was not broken off. */
export function ended(outcome: Outcome): Extract<Outcome, { kind: 'approved' | 'declined' }> {
  if (outcome.kind === 'terminated') throw new Error(`terminated: ${outcome.reason}`);
  return outcome;
}

/** Names of the bits that are set. */
export function tvrOf(outcome: Outcome): string[] {
  return TVR.names(TVR.read(ended(outcome).evidence.tvr) ?? {});
}

export function tsiOf(outcome: Outcome): string[] {
  return TSI.names(TSI.read(ended(outcome).evidence.tsi) ?? {});
}

/** The acquirer's codes do not mind that nothing was authenticated offline. */
export const LENIENT: SettingChanges = {
  application: { actionCodes: { online: fromHex('0000000800'), default: fromHex('0000000800') } },
};
/** The same, and the merchant wants the issuer to be asked. */
export const ONLINE: SettingChanges = { ...LENIENT, payment: { isForcedOnline: true } };
