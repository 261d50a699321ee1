/** Opening an application: final selection (EMV Book 1 12.4) and GET PROCESSING OPTIONS (Book 3 10.1), with the next one if it refuses. */
import { must } from '@holdfast/base';
import { type Element, parseFci, parseProcessingOptions } from '../../apdu/answers.ts';
import { getProcessingOptions, select } from '../../apdu/commands.ts';
import { SW } from '../../apdu/status.ts';
import { encodeTlv } from '../../tlv/ber-tlv.ts';
import { binary } from './amounts.ts';
import { buildCandidates, type Candidate } from './candidates.ts';
import { ask, type Flow, transmit } from './dialogue.ts';
import type { Outcome } from './outcome.ts';
import type { Transaction } from './transaction.ts';

/** `refused`: this application is not to be used, another one may be. */
export type Opening =
  | { kind: 'open'; elements: readonly Element[] }
  | { kind: 'refused' }
  | { kind: 'broken'; sw: number };

/** Chooses and opens an application; an outcome if none is left. */
export function* openApplication(tx: Transaction): Flow<Outcome | undefined> {
  const built = yield* buildCandidates(tx.setting.terminal);
  if (!built.ok) return tx.terminated(built.reason);
  let candidates = built.candidates;
  while (candidates.length > 0) {
    const chosen = yield* choose(candidates, tx.setting.terminal.hasApplicationChoice);
    if (chosen === undefined) return tx.terminated('no_application');
    const opening = yield* open(tx, chosen);
    if (opening.kind === 'open') return takeOver(tx, opening.elements);
    if (opening.kind === 'broken') return tx.terminated('card_error');
    candidates = candidates.filter((candidate) => candidate !== chosen);
  }
  // Nothing in common from the start: the stripe may still be taken. Applications that refused or are blocked forbid it.
  return tx.terminated('no_application', built.candidates.length === 0 && !built.hasBlocked);
}

/** Selects an application and asks for its processing options. */
export function* open(
  tx: Transaction,
  candidate: Candidate,
  floorLimit = candidate.profile.floorLimit,
): Flow<Opening> {
  tx.forgetCard();
  tx.application = candidate;
  tx.setTerminal('9F06', candidate.aid);
  tx.setTerminal('9F09', candidate.profile.version);
  tx.setTerminal('9F1B', binary(floorLimit));
  const selection = yield* transmit(select(candidate.aid));
  if (selection.sw !== SW.ok) return { kind: 'refused' };
  const fci = parseFci(selection.data);
  if (!fci.ok || !isNamed(fci.elements, candidate.aid) || !store(tx, fci.elements))
    return { kind: 'refused' };
  tx.isSelected = true;
  const pdolData = tx.dolData(tx.card('9F38') ?? new Uint8Array());
  if (pdolData === undefined) return { kind: 'refused' };
  tx.pdolData = pdolData;
  const template = encodeTlv([{ tag: '83', value: pdolData }]);
  const answer = yield* transmit(getProcessingOptions(template));
  if (answer.sw === SW.conditionsNotSatisfied) return { kind: 'refused' };
  const options = answer.sw === SW.ok ? parseProcessingOptions(answer.data) : undefined;
  return options?.ok === true
    ? { kind: 'open', elements: options.elements }
    : { kind: 'broken', sw: answer.sw };
}

/** Adds elements of the card, of some tags only if they are given; false if one has a length that its tag forbids. */
export function store(tx: Transaction, elements: readonly Element[], only?: ReadonlySet<string>): boolean {
  return elements.every((element) => (only !== undefined && !only.has(element.tag)) || tx.setCard(element));
}

/** Adds the answer to GET PROCESSING OPTIONS, which may hold a track, and overwrites it. */
export function takeOver(tx: Transaction, elements: readonly Element[]): Outcome | undefined {
  const isStored = store(tx, elements);
  for (const { tag, value } of elements) {
    tx.optionTags.add(tag);
    value.fill(0);
  }
  return isStored ? undefined : tx.terminated('card_error');
}

/** One candidate that needs no consent is taken as it is; else somebody is asked, or the first without consent is taken. */
function* choose(candidates: readonly Candidate[], hasChoice: boolean): Flow<Candidate | undefined> {
  const free = candidates.find((candidate) => !candidate.needsConsent);
  if (!hasChoice || (candidates.length === 1 && free !== undefined)) return free;
  const choices = candidates.map(({ aid, label }) => ({ aid, label }));
  const { index } = yield* ask({ ask: 'choose_application', choices });
  return must(candidates[index], 'a choice is one of those that were offered');
}

function isNamed(elements: readonly Element[], aid: Uint8Array): boolean {
  const name = elements.find((element) => element.tag === '84')?.value;
  return name !== undefined && Buffer.compare(name, aid) === 0;
}
