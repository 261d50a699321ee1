/** The steps of a payment by tapping, in their order (EMV Contactless Books A and B). */
import { SW } from '../../apdu/status.ts';
import { wipe } from '../../cipher/bytes.ts';
import { writeCompressed } from '../../encoding/bcd.ts';
import { type LocalDate, lastDayOf } from '../../pan/expiry.ts';
import { parseTag57 } from '../../track/track2.ts';
import { type Action, analyseAction } from '../action-analysis.ts';
import { demandsOf } from '../contactless-limits.ts';
import { isVerified } from '../cvm-results.ts';
import { authenticate } from './authenticate.ts';
import { buildContactlessCandidates } from './candidates.ts';
import { actionSettingOf, authorise } from './cryptogram-phases.ts';
import type { Flow } from './dialogue.ts';
import { DECLINED, finish } from './finish.ts';
import { generate } from './generate-ac.ts';
import { open, takeOver } from './initiate.ts';
import { applyRestrictions, manageRisk } from './manage-risk.ts';
import type { Outcome } from './outcome.ts';
import { isComplete, readRecords } from './read-records.ts';
import { limitsOf, mustAskIssuer, tapDemands, tellTap, withinLimits } from './tap-demands.ts';
import { judgeGiven, type Tapped } from './tap-given.ts';
import type { Transaction } from './transaction.ts';
import { askOnlinePin, verifyHolder } from './verify-holder.ts';

const NO_CVM_BELOW_LIMIT = { code: 0x1f, condition: 0, result: 'successful' } as const;
/** What is asked for where the limit demands a verification that did not come about. */
const REFUSED: Action = { request: 'AAC', arc: 'Z1' };

/** Prepares the terminal and opens the first application that lets itself be opened (Book A 5.8, Book B 3.3). */
export function* openTap(tx: Transaction): Flow<Outcome | undefined> {
  tx.isTap = true;
  const terminal = withinLimits(tx);
  if (terminal.applications.length === 0) return tx.terminated('amount_over_limit');
  const built = yield* buildContactlessCandidates(terminal);
  if (!built.ok) return tx.terminated(built.reason);
  for (const candidate of built.candidates) {
    const limits = limitsOf(candidate.profile);
    tellTap(tx, demandsOf(tx.setting.payment.amount, limits));
    const opening = yield* open(tx, candidate, limits.floorLimit);
    if (opening.kind === 'refused') continue;
    if (opening.kind === 'open') return takeOver(tx, opening.elements);
    const isSentAway = opening.sw === SW.referenceDataInvalidated || opening.sw === SW.commandNotAllowed;
    return tx.terminated(isSentAway ? 'use_chip' : 'card_error');
  }
  return tx.terminated('no_application');
}

/** Reads what the AFL names, if there is one; a number or a date that is in the track alone is taken from there. */
export function* readTap(tx: Transaction): Flow<Outcome | undefined> {
  const failed = tx.card('94') === undefined ? undefined : yield* readRecords(tx);
  if (failed !== undefined) return failed;
  takeFromTrack(tx);
  const required = isGivenAtOnce(tx) ? ['9F27', '9F36'] : ['8C'];
  return isComplete(tx, ['5F24', ...required]) ? undefined : tx.terminated('card_error');
}

/** The cryptogram: given with the processing options already, or by GENERATE AC after the terminal's own analysis. */
export function* takeCryptogram(tx: Transaction): Flow<Tapped | Outcome> {
  applyRestrictions(tx);
  return isGivenAtOnce(tx) ? judgeGiven(tx) : yield* requestTapped(tx);
}

/** After the tap: a PIN for the issuer, the issuer, the outcome. The card takes no further part. */
export function* endTap(tx: Transaction, { type, isTrusted }: Tapped): Flow<Outcome> {
  if (type === 'AAC') return finish(tx, { ...DECLINED, cryptogramType: type });
  if (tx.isOnlinePinDue && (yield* askOnlinePin(tx)) !== 'captured') {
    return finish(tx, { ...DECLINED, cryptogramType: type });
  }
  if (type === 'TC' && isTrusted && !tx.isOnlinePinDue && !mustAskIssuer(tx)) {
    return finish(tx, { kind: 'approved', how: 'offline', arc: 'Y1', cryptogramType: type });
  }
  const isAble = isTrusted && tx.terminalType.communication !== 'offline_only';
  if (!isAble) return finish(tx, { ...DECLINED, cryptogramType: type });
  tx.setArc(undefined);
  const answer = yield* authorise(tx);
  if (answer.kind === 'unreachable') return finish(tx, { ...DECLINED, arc: 'Z3', cryptogramType: type });
  const kind = answer.isApproved ? 'approved' : 'declined';
  return finish(tx, { kind, how: 'online', arc: answer.arc, cryptogramType: type });
}

function isGivenAtOnce(tx: Transaction): boolean {
  return tx.card('9F26') !== undefined;
}

function takeFromTrack(tx: Transaction): void {
  const track = tx.card('57');
  if (track === undefined || (tx.card('5A') !== undefined && tx.card('5F24') !== undefined)) return;
  const parsed = parseTag57(track);
  if (!parsed.ok) return;
  const { pan, expiry, discretionary } = parsed.track;
  if (tx.card('5A') === undefined) {
    const packed = pan.use((digits) => writeCompressed(digits));
    tx.setCard({ tag: '5A', value: packed });
    wipe(packed);
  }
  pan.wipe();
  discretionary.wipe();
  if (tx.card('5F24') === undefined && expiry !== undefined)
    tx.setCard({ tag: '5F24', value: packedDate(lastDayOf(expiry)) });
}

function packedDate({ year, month, day }: LocalDate): Uint8Array {
  return Uint8Array.from([year % 100, month, day], (part) => (Math.floor(part / 10) << 4) | (part % 10));
}

/** The phases of a payment by contact as far as one tap allows, with the limits of tapping. */
function* requestTapped(tx: Transaction): Flow<Tapped | Outcome> {
  const { needsCvm } = tapDemands(tx);
  const failed = (yield* authenticate(tx)) ?? (needsCvm ? yield* verifyHolder(tx) : undefined);
  if (failed !== undefined) return failed;
  if (!needsCvm) tx.cvmResults = NO_CVM_BELOW_LIMIT;
  else if (!isVerified(tx.cvmResults)) tx.tvr.cardholderVerificationFailed = true;
  yield* manageRisk(tx, limitsOf(tx.selected.profile).floorLimit);
  const action = tx.tvr.cardholderVerificationFailed ? REFUSED : analyseAction(actionSettingOf(tx));
  tx.setArc(action.request === 'ARQC' ? undefined : action.arc);
  const answer = yield* generate(tx, action.request, 'first');
  if (answer.kind === 'broken') return tx.terminated('card_error');
  tx.tsi.cardRiskManagementPerformed = true;
  return { type: answer.information.type, isTrusted: !answer.isForged };
}
