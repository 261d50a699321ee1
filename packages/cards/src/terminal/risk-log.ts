/**
 * What terminal risk management remembers of cards: the last amounts paid with each, against sales that are split to
 * stay below the floor limit (EMV Book 3 10.6.1), and the list of cards that must not be taken (Book 4 6.3.5). A card
 * is known by a keyed token of its number, with or without the sequence number, so that neither tells a card number.
 */
import { assert } from '@holdfast/base';
import type { RiskMemory } from './kernel/profile.ts';

/** One approved sale. */
export type RiskLogEntry = { token: string; amount: bigint };

/** Cards that must not be taken, in the state of one version of the list. */
export type ExceptionList = { version: string; tokens: ReadonlySet<string> };

/** The token of a card number of ASCII digits, and of its sequence number if given. */
export type RiskToken = (pan: Uint8Array, sequenceNumber: number | undefined) => string;

/** The amount of the most recent entry of a card; undefined if it has none. A log begins with its oldest entry. */
export function lastLoggedAmount(log: readonly RiskLogEntry[], token: string): bigint | undefined {
  return log.findLast((entry) => entry.token === token)?.amount;
}

/** The log with one more entry, without its oldest ones beyond `entriesMax`. */
export function logged(
  log: readonly RiskLogEntry[],
  entry: RiskLogEntry,
  entriesMax: number,
): RiskLogEntry[] {
  assert(entriesMax > 0, 'a log holds at least one entry');
  return [...log, entry].slice(-entriesMax);
}

/** Answers of a log and a list. A number on the list without a sequence number bars all cards of that number. */
export function createRiskMemory({
  log,
  exceptions,
  tokenOf,
}: {
  log: readonly RiskLogEntry[];
  exceptions: ExceptionList;
  tokenOf: RiskToken;
}): RiskMemory {
  return {
    lastAmount: (pan, sequenceNumber) => lastLoggedAmount(log, tokenOf(pan, sequenceNumber)),
    isOnExceptionList: (pan, sequenceNumber) =>
      [sequenceNumber, undefined].some((number) => exceptions.tokens.has(tokenOf(pan, number))),
  };
}
