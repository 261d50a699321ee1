/**
 * Terminal action analysis (EMV Book 3 10.7, Book 4 6.3.6): the bits of the TVR against what the issuer (on the card)
 * and the acquirer (in the terminal) want done about each, before the first GENERATE AC and again when the issuer could
 * not be reached. The card has the last word, but only downwards: a TC for a request of less is refused.
 */
import { assert } from '@holdfast/base';
import type { CryptogramType } from './cryptogram-information.ts';
import type { TerminalType } from './terminal-type.ts';

const LENGTH = 5;
const ZEROS = new Uint8Array(LENGTH);
const ONES = new Uint8Array(LENGTH).fill(0xff);

/** Three fields of five bytes, each with the bits of a TVR; a field that does not exist is undefined. */
export type ActionCodes = {
  denial?: Uint8Array | undefined;
  online?: Uint8Array | undefined;
  default?: Uint8Array | undefined;
};

export type ActionSetting = {
  /** Tag 95. */
  tvr: Uint8Array;
  /** Terminal action codes; those that do not exist have no bits set. */
  tac: ActionCodes;
  /** Tags 9F0E, 9F0F, 9F0D; where they do not exist, denial has no bits set, online and default have all. */
  iac: ActionCodes;
  communication: TerminalType['communication'];
};

/** What to ask for, with the Authorisation Response Code (Book 4 A6) where the terminal answers by itself. */
export type Action =
  | { request: 'AAC'; arc: 'Z1' | 'Z3' }
  | { request: 'TC'; arc: 'Y1' | 'Y3' }
  | { request: 'ARQC' };

/** What to ask of the card in the first GENERATE AC. An offline-only terminal never asks for an ARQC. */
export function analyseAction(setting: ActionSetting): Action {
  const { tvr, tac, iac, communication } = setting;
  if (matches(tvr, tac.denial ?? ZEROS, iac.denial ?? ZEROS)) return { request: 'AAC', arc: 'Z1' };
  if (communication === 'offline_only') {
    return isDefaultMatched(setting) ? { request: 'AAC', arc: 'Z1' } : { request: 'TC', arc: 'Y1' };
  }
  const isOnline = communication === 'online_only' || matches(tvr, tac.online ?? ZEROS, iac.online ?? ONES);
  return isOnline ? { request: 'ARQC' } : { request: 'TC', arc: 'Y1' };
}

/**
 * What to ask in the second GENERATE AC, when the card asked for the issuer and the issuer could not be reached. A
 * terminal that may only approve online declines.
 */
export function analyseUnableToGoOnline(setting: ActionSetting): Exclude<Action, { request: 'ARQC' }> {
  if (setting.communication === 'online_only') return { request: 'AAC', arc: 'Z3' };
  const isOfflineOnly = setting.communication === 'offline_only';
  if (isDefaultMatched(setting)) return { request: 'AAC', arc: isOfflineOnly ? 'Z1' : 'Z3' };
  return { request: 'TC', arc: isOfflineOnly ? 'Y1' : 'Y3' };
}

const RANKS = { AAC: 0, ARQC: 1, TC: 2 } as const satisfies Record<CryptogramType, number>;

/** True if a card may answer a request so: with what was asked for, or with less. A second answer is no ARQC. */
export function isAnswerAllowed(
  requested: CryptogramType,
  answered: CryptogramType,
  round: 'first' | 'second',
): boolean {
  if (round === 'second' && answered === 'ARQC') return false;
  return RANKS[answered] <= RANKS[requested];
}

function isDefaultMatched({ tvr, tac, iac }: ActionSetting): boolean {
  return matches(tvr, tac.default ?? ZEROS, iac.default ?? ONES);
}

function matches(tvr: Uint8Array, terminal: Uint8Array, issuer: Uint8Array): boolean {
  const fields = [tvr, terminal, issuer];
  assert(
    fields.every((field) => field.length === LENGTH),
    'action codes are as long as the TVR',
  );
  return tvr.some((byte, index) => (byte & ((terminal[index] ?? 0) | (issuer[index] ?? 0))) !== 0);
}
