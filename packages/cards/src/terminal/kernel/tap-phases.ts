/** The steps of a payment by tapping, in their order (EMV Contactless Books A and B). */
import { must } from '@holdfast/base';
import { SW } from '../../apdu/status.ts';
import { concatBytes, wipe } from '../../cipher/bytes.ts';
import { writeCompressed } from '../../encoding/bcd.ts';
import { type LocalDate, lastDayOf } from '../../pan/expiry.ts';
import { parseTag57 } from '../../track/track2.ts';
import { analyseAction } from '../action-analysis.ts';
import { TERMINAL_CAPABILITIES } from '../bits.ts';
import { type ContactlessDemands, CTQ, type Ctq, demandsOf, TTQ } from '../contactless-limits.ts';
import { type CryptogramType, readCryptogramInformation } from '../cryptogram-information.ts';
import { authenticate, noteVerdict } from './authenticate.ts';
import { buildContactlessCandidates } from './candidates.ts';
import { actionSettingOf, authorise } from './cryptogram-phases.ts';
import type { Flow } from './dialogue.ts';
import { finish } from './finish.ts';
import { generate } from './generate-ac.ts';
import { open, takeOver } from './initiate.ts';
import { applyRestrictions, manageRisk } from './manage-risk.ts';
import type { Outcome } from './outcome.ts';
import type { TerminalProfile } from './profile.ts';
import { isComplete, readRecords } from './read-records.ts';
import type { Transaction } from './transaction.ts';
import { askOnlinePin, verifyHolder } from './verify-holder.ts';

const NO_CVM_BELOW_LIMIT = { code: 0x1f, condition: 0, result: 'successful' } as const;
const DECLINED = { kind: 'declined', how: 'offline', arc: 'Z1' } as const;

/** What the card gave within the tap. `isTrusted`: its signature held, or its cryptogram goes to the issuer. */
export type Tapped = { type: CryptogramType; isTrusted: boolean };

/** Prepares the terminal and opens the first application that lets itself be opened (Book A 5.8, Book B 3.3). */
export function* openTap(tx: Transaction): Flow<Outcome | undefined> {
  prepareTap(tx);
  const terminal = withinLimits(tx);
  if (terminal.applications.length === 0) return tx.terminated('amount_over_limit');
  const built = yield* buildContactlessCandidates(terminal);
  if (!built.ok) return tx.terminated(built.reason);
  for (const candidate of built.candidates) {
    const limits = must(candidate.profile.contactless, 'a candidate for tapping has limits');
    tx.setTerminal('9F66', qualifiersOf(tx, demandsOf(tx.setting.payment.amount, limits)));
    const opening = yield* open(tx, candidate, limits.floorLimit);
    if (opening.kind === 'refused') continue;
    if (opening.kind === 'open') return takeOver(tx, opening.elements);
    const isSentAway = opening.sw === SW.referenceDataInvalidated || opening.sw === SW.commandNotAllowed;
    return tx.terminated(isSentAway ? 'use_chip' : 'card_error');
  }
  return tx.terminated('no_application');
}

/** What the application demands of this amount. */
function tapDemands(tx: Transaction): ContactlessDemands {
  const limits = must(tx.selected.profile.contactless, 'the application has limits for tapping');
  return demandsOf(tx.setting.payment.amount, limits);
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
  if (type === 'TC' && isTrusted && !tx.isOnlinePinDue && !tapDemands(tx).needsOnline) {
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

/** Offline PINs need the card for longer than a tap; the capabilities that the card is told are without them. */
function prepareTap(tx: Transaction): void {
  tx.isTap = true;
  tx.capabilities.plainOfflinePin = false;
  tx.capabilities.encipheredOfflinePin = false;
  const bytes = tx.setting.terminal.capabilities.slice();
  bytes[1] = (bytes[1] ?? 0) & (TERMINAL_CAPABILITIES.write(tx.capabilities)[1] ?? 0);
  tx.setTerminal('9F33', bytes);
}

function withinLimits(tx: Transaction): TerminalProfile {
  const { terminal, payment } = tx.setting;
  const applications = terminal.applications.filter(
    ({ contactless }) => contactless !== undefined && demandsOf(payment.amount, contactless).isAllowed,
  );
  return { ...terminal, applications };
}

function qualifiersOf(tx: Transaction, demands: ContactlessDemands): Uint8Array {
  const { communication } = tx.terminalType;
  return TTQ.write({
    emvModeSupported: true,
    emvContactSupported: tx.capabilities.chipWithContacts,
    offlineOnly: communication === 'offline_only',
    onlinePinSupported: tx.capabilities.onlinePin,
    signatureSupported: tx.capabilities.signature,
    onlineCryptogramRequired:
      communication === 'online_only' || demands.needsOnline || tx.setting.payment.isForcedOnline,
    cvmRequired: demands.needsCvm,
    consumerDeviceCvmSupported: true,
  });
}

function takeFromTrack(tx: Transaction): void {
  const track = tx.card('57');
  if (track === undefined || (tx.card('5A') !== undefined && tx.card('5F24') !== undefined)) return;
  const parsed = parseTag57(track);
  if (!parsed.ok) return;
  const { pan, expiry, discretionary } = parsed.track;
  if (tx.card('5A') === undefined)
    pan.use((digits) => tx.setCard({ tag: '5A', value: writeCompressed(digits) }));
  pan.wipe();
  discretionary.wipe();
  if (tx.card('5F24') === undefined && expiry !== undefined)
    tx.setCard({ tag: '5F24', value: packedDate(lastDayOf(expiry)) });
}

function packedDate({ year, month, day }: LocalDate): Uint8Array {
  return Uint8Array.from([year % 100, month, day], (part) => (Math.floor(part / 10) << 4) | (part % 10));
}

/** A cryptogram that was given at once: approved offline only with a signature over this payment, and within all bounds. */
function judgeGiven(tx: Transaction): Tapped | Outcome {
  const information = readCryptogramInformation(tx.card('9F27')?.[0] ?? 0xff);
  if (information === undefined) return tx.terminated('card_error');
  const { type } = information;
  if (type === 'AAC') return { type, isTrusted: true };
  const ctq = CTQ.read(tx.card('9F6C') ?? new Uint8Array());
  if (!chooseTapCvm(tx, ctq)) return finish(tx, { ...DECLINED, cryptogramType: type });
  if (type === 'ARQC') return { type, isTrusted: true };
  const isExpired = tx.tvr.expiredApplication || tx.tvr.applicationNotYetEffective;
  const isSigned = isSignatureGood(tx);
  if (isSigned && !isExpired && !isListed(tx)) return { type, isTrusted: true };
  if (!isSigned && ctq?.switchInterfaceIfAuthenticationFails === true) return tx.terminated('use_chip');
  return finish(tx, { ...DECLINED, cryptogramType: type });
}

/** The signature of a tap is over the number, amount, currency and what the card says of it (tag 9F69). */
function isSignatureGood(tx: Transaction): boolean {
  const parts = ['9F37', '9F02', '5F2A', '9F69'].map((tag) => tx.value(tag) ?? new Uint8Array());
  const signature = tx.card('9F4B');
  tx.tsi.offlineDataAuthenticationPerformed = true;
  if (signature === undefined) {
    tx.tvr.ddaFailed = true;
    return false;
  }
  const verdict = tx.setting.authenticator.verifyDynamic(tx.view(), {
    ddolData: concatBytes(...parts),
    signature,
  });
  noteVerdict(tx, 'dda', verdict);
  return verdict.ok;
}

function isListed(tx: Transaction): boolean {
  const pan = tx.panDigits();
  const isOnList = tx.setting.risk.isOnExceptionList(pan, tx.sequenceNumber);
  wipe(pan);
  if (isOnList) tx.tvr.cardOnExceptionFile = true;
  return isOnList;
}

/** What the card's qualifiers ask for, else what the terminal can do; false if the limit demands more than that. */
function chooseTapCvm(tx: Transaction, ctq: Ctq | undefined): boolean {
  const { capabilities } = tx;
  if (ctq?.consumerDeviceCvmPerformed === true) return true;
  const { needsCvm } = tapDemands(tx);
  const isLeftToTerminal = ctq === undefined && needsCvm;
  if (capabilities.onlinePin && ctq?.onlinePinRequired === true) tx.isOnlinePinDue = true;
  else if (capabilities.signature && (ctq?.signatureRequired === true || isLeftToTerminal))
    tx.isSignatureRequired = true;
  else if (capabilities.onlinePin && isLeftToTerminal) tx.isOnlinePinDue = true;
  else return !needsCvm;
  return true;
}

/** The phases of a payment by contact as far as one tap allows, with the limits of tapping. */
function* requestTapped(tx: Transaction): Flow<Tapped | Outcome> {
  const demands = tapDemands(tx);
  const failed = (yield* authenticate(tx)) ?? (demands.needsCvm ? yield* verifyHolder(tx) : undefined);
  if (failed !== undefined) return failed;
  if (!demands.needsCvm) tx.cvmResults = NO_CVM_BELOW_LIMIT;
  yield* manageRisk(
    tx,
    must(tx.selected.profile.contactless, 'the application has limits for tapping').floorLimit,
  );
  const action = analyseAction(actionSettingOf(tx));
  tx.setArc(action.request === 'ARQC' ? undefined : action.arc);
  const answer = yield* generate(tx, action.request, 'first');
  if (answer.kind === 'broken') return tx.terminated('card_error');
  tx.tsi.cardRiskManagementPerformed = true;
  return { type: answer.information.type, isTrusted: !answer.isForged };
}
