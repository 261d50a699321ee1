/** Cards to tap for tests of kernels, and a driver: one gives its cryptogram at once, one is asked by GENERATE AC. */
import type { TlvSource } from '../tlv/ber-tlv.ts';
import { createContactlessKernel } from './contactless.ts';
import type { Outcome } from './kernel/outcome.ts';
import {
  createTestCard,
  cryptogramAnswer,
  element,
  hex,
  type TestApplication,
  type TestCard,
} from './testing-card.ts';
import { AID, play, type Replies, type SettingChanges, testSetting } from './testing-terminal.ts';

export const PAN = '4761739001010119';
const TRACK2 = `${PAN}D3112201000000000F`;
export const PDOL = '9F66049F02069F37045F2A02';
export const APPROVED = { to: 'authorise', kind: 'answered', arc: '00', isApproved: true } as const;

/** A card that gives its cryptogram with the processing options. */
export function quick(information: string, changes: Record<string, string | undefined> = {}): TestCard {
  const elements: Record<string, string | undefined> = {
    '82': '2000',
    '57': TRACK2,
    '9F10': '06011203A00000',
    '9F26': '1122334455667788',
    '9F27': information,
    '9F36': '0102',
    '9F6C': '0000',
    '9F69': '01AABBCCDD0000',
    '9F4B': 'EE',
    '5F34': '01',
    ...changes,
  };
  const present = Object.entries(elements).flatMap(([tag, value]) =>
    value === undefined ? [] : [element(tag, value)],
  );
  return cardOf({ pdol: PDOL, options: hex([{ tag: '77', children: present }]) });
}

/** A card that is asked by GENERATE AC and answers as it is asked; `aip` is tag 82, `pdol` tag 9F38. */
export function asked(cvmList = '00000000000000001F03', aip = '1080', pdol?: string): TestCard {
  const record: TlvSource[] = [
    element('5A', PAN),
    element('57', TRACK2),
    element('5F24', '311231'),
    element('8C', '95059F3704'),
    element('8E', cvmList),
    element('9F0D', '0000000000'),
    element('9F0F', '0000008000'),
  ];
  return cardOf({
    ...(pdol !== undefined && { pdol }),
    options: hex([{ tag: '77', children: [element('82', aip), element('94', '08010100')] }]),
    records: { 1: [record] },
    cryptograms: [({ p1 }) => cryptogramAnswer(p1 === 0x40 ? '40' : p1 === 0x80 ? '80' : '00')],
  });
}

export function cardOf(application: Omit<TestApplication, 'aid'>): TestCard {
  return createTestCard({ directory: 'contactless', applications: [{ aid: AID, ...application }] });
}

export async function tap(
  card: TestCard,
  changes: SettingChanges = {},
  replies: Replies = {},
): Promise<Outcome> {
  return await play(createContactlessKernel(testSetting(changes)), card, replies);
}
