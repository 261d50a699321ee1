/**
 * The candidate list: applications that card and terminal have in common (EMV Book 1 12.3), out of the card's directory
 * or by trying each name of the terminal. What a card repeats without end is cut off.
 */
import {
  type Element,
  parseContactlessDirectory,
  parseDirectoryRecord,
  parseFci,
} from '../../apdu/answers.ts';
import { readRecord, select } from '../../apdu/commands.ts';
import { isWarning, SW } from '../../apdu/status.ts';
import { toHex } from '../../encoding/hex.ts';
import { type Flow, transmit } from './dialogue.ts';
import type { ApplicationProfile, TerminalProfile } from './profile.ts';

const TEXT = new TextEncoder();
const CONTACT_DIRECTORY = TEXT.encode('1PAY.SYS.DDF01');
const CONTACTLESS_DIRECTORY = TEXT.encode('2PAY.SYS.DDF01');
/** A directory lies in one of the files 1 to 10. */
const DIRECTORY_SFI_MAX = 10;
const DIRECTORY_RECORDS_MAX = 32;
/** Applications of one partial name. */
const OCCURRENCES_MAX = 16;
/** Applications of one card that are tried; real ones have a few. */
const CANDIDATES_MAX = 32;
const AID_MIN = 5;
const AID_MAX = 16;
/** Of tags 50 and 9F12; in a directory nothing else bounds them. */
const LABEL_MAX = 16;
/** Lowest of the priorities 1 to 15; a card that gives none comes after all others. */
const NO_PRIORITY = 16;

/** One application that both sides know. */
export type Candidate = {
  profile: ApplicationProfile;
  aid: Uint8Array;
  label: string;
  priority: number;
  /** The card wants the cardholder's consent before this one is used. */
  needsConsent: boolean;
};

/** `hasBlocked`: the card has an application for the terminal, and its issuer blocked it. */
export type CandidatesResult =
  | { ok: true; candidates: Candidate[]; hasBlocked: boolean }
  | { ok: false; reason: 'card_blocked' };

type ContactlessCandidates = { ok: true; candidates: Candidate[] } | { ok: false; reason: 'card_blocked' };

/** The applications in the order of the card's priority, the terminal's order among equals. */
export function* buildCandidates(terminal: TerminalProfile): Flow<CandidatesResult> {
  if (terminal.usesDirectory) {
    const answer = yield* transmit(select(CONTACT_DIRECTORY));
    if (answer.sw === SW.functionNotSupported) return { ok: false, reason: 'card_blocked' };
    const found = answer.sw === SW.ok ? yield* readDirectory(answer.data, terminal) : [];
    if (found.length > 0) return { ok: true, candidates: inOrder(found), hasBlocked: false };
  }
  return yield* tryNames(terminal);
}

/** The applications that the contactless directory names; kernels of tapping read no other list. */
export function* buildContactlessCandidates(terminal: TerminalProfile): Flow<ContactlessCandidates> {
  const answer = yield* transmit(select(CONTACTLESS_DIRECTORY));
  if (answer.sw === SW.functionNotSupported) return { ok: false, reason: 'card_blocked' };
  const entries = answer.sw === SW.ok ? parseContactlessDirectory(answer.data) : undefined;
  return { ok: true, candidates: inOrder((entries ?? []).flatMap((entry) => candidatesOf(entry, terminal))) };
}

/** The text of an element, of the printable characters that a screen can show; undefined where there are none. */
function textOf(value: Uint8Array | undefined): string | undefined {
  const printable = (value ?? new Uint8Array()).filter((byte) => byte >= 0x20 && byte < 0x7f);
  return String.fromCharCode(...printable.subarray(0, LABEL_MAX)).trim() || undefined;
}

function* readDirectory(fci: Uint8Array, terminal: TerminalProfile): Flow<Candidate[]> {
  const parsed = parseFci(fci);
  const sfi = parsed.ok ? elementOf(parsed.elements, '88')?.[0] : undefined;
  if (sfi === undefined || sfi < 1 || sfi > DIRECTORY_SFI_MAX) return [];
  const found: Candidate[] = [];
  for (let record = 1; record <= DIRECTORY_RECORDS_MAX; record += 1) {
    const answer = yield* transmit(readRecord(sfi, record));
    if (answer.sw === SW.recordNotFound) return found;
    const entries = answer.sw === SW.ok ? parseDirectoryRecord(answer.data) : undefined;
    // A directory that cannot be read to its end is not used at all (Book 1 12.3.2).
    if (entries === undefined) return [];
    found.push(...entries.flatMap((entry) => candidatesOf(entry, terminal)));
  }
  return found;
}

function* tryNames(terminal: TerminalProfile): Flow<CandidatesResult> {
  const found: Candidate[] = [];
  let hasBlocked = false;
  for (const [index, profile] of terminal.applications.entries()) {
    for (let occurrence = 0; occurrence < OCCURRENCES_MAX; occurrence += 1) {
      const answer = yield* transmit(select(profile.aid, occurrence === 0 ? 'first' : 'next'));
      if (index === 0 && occurrence === 0 && answer.sw === SW.functionNotSupported) {
        return { ok: false, reason: 'card_blocked' };
      }
      if (answer.sw !== SW.ok && !isWarning(answer.sw)) break;
      const elements = fciElements(answer.data);
      const name = elements && elementOf(elements, '84');
      if (
        elements === undefined ||
        name === undefined ||
        !startsWith(name, profile.aid) ||
        name.length > AID_MAX
      )
        break;
      const isWhole = name.length === profile.aid.length;
      // A blocked application answers with a warning: it is not taken, but another of the same beginning may be.
      if (answer.sw !== SW.ok) hasBlocked = true;
      if (answer.sw === SW.ok && (isWhole || profile.isPartial))
        found.push(candidateOf(profile, name, elements));
      if (isWhole) break;
    }
  }
  return { ok: true, candidates: inOrder(found), hasBlocked };
}

function fciElements(data: Uint8Array): readonly Element[] | undefined {
  const parsed = parseFci(data);
  return parsed.ok ? parsed.elements : undefined;
}

function candidatesOf(entry: readonly Element[], terminal: TerminalProfile): Candidate[] {
  const aid = elementOf(entry, '4F');
  if (aid === undefined || aid.length < AID_MIN || aid.length > AID_MAX) return [];
  const profile = terminal.applications.find((known) => isFitting(known, aid));
  return profile === undefined ? [] : [candidateOf(profile, aid, entry)];
}

function isFitting(profile: ApplicationProfile, aid: Uint8Array): boolean {
  return startsWith(aid, profile.aid) && (profile.isPartial || aid.length === profile.aid.length);
}

/** Tag 87: consent in the highest bit, priority in the lowest four, 1 first, 0 for none. */
function candidateOf(profile: ApplicationProfile, aid: Uint8Array, elements: readonly Element[]): Candidate {
  const indicator = elementOf(elements, '87')?.[0] ?? 0;
  return {
    profile,
    aid: aid.slice(),
    label: textOf(elementOf(elements, '9F12')) ?? textOf(elementOf(elements, '50')) ?? '',
    priority: indicator & 0x0f || NO_PRIORITY,
    needsConsent: (indicator & 0x80) !== 0,
  };
}

/** By priority, each application once: a partial name of the terminal may find what another name found. */
function inOrder(candidates: readonly Candidate[]): Candidate[] {
  const byName = new Map(candidates.toReversed().map((candidate) => [toHex(candidate.aid), candidate]));
  const unique = candidates.filter((candidate) => byName.get(toHex(candidate.aid)) === candidate);
  return unique.toSorted((one, other) => one.priority - other.priority).slice(0, CANDIDATES_MAX);
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && start.every((byte, index) => bytes[index] === byte);
}

function elementOf(elements: readonly Element[], tag: string): Uint8Array | undefined {
  return elements.find((element) => element.tag === tag)?.value;
}
