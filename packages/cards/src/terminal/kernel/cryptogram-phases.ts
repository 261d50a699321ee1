/**
 * The end of a payment by contact: action analysis, the first cryptogram, the issuer, the second cryptogram
 * (EMV Book 3 10.7 to 10.11, Book 4 6.3.6 to 6.3.9 and 12.2.1).
 */
import { externalAuthenticate } from '../../apdu/commands.ts';
import { type IssuerScript, parseIssuerScripts } from '../../apdu/issuer-script.ts';
import { SW } from '../../apdu/status.ts';
import { CardData } from '../../card-data.ts';
import { type ActionSetting, analyseAction, analyseUnableToGoOnline } from '../action-analysis.ts';
import { TVR } from '../bits.ts';
import type { CryptogramType } from '../cryptogram-information.ts';
import { type Answer, ask, type Flow, transmit } from './dialogue.ts';
import { finish, refreshed } from './finish.ts';
import { generate } from './generate-ac.ts';
import type { Outcome } from './outcome.ts';
import { runScripts } from './run-scripts.ts';
import type { Transaction } from './transaction.ts';

const ISSUER_DATA_MIN = 8;
const ISSUER_DATA_MAX = 16;

type Issuer = Extract<Answer<'authorise'>, { kind: 'answered' }>;

/** The first cryptogram; no outcome if the card wants the issuer to be asked. */
export function* requestFirstCryptogram(tx: Transaction): Flow<Outcome | undefined> {
  const action = analyseAction(actionSettingOf(tx));
  tx.setArc(action.request === 'ARQC' ? undefined : action.arc);
  const answer = yield* generate(tx, action.request, 'first');
  if (answer.kind === 'broken') return tx.terminated('card_error');
  tx.tsi.cardRiskManagementPerformed = true;
  const { type, reason } = answer.information;
  if (type === 'AAC' && reason === 'service_not_allowed') return tx.terminated('service_not_allowed');
  if (type === 'AAC')
    return finish(tx, { kind: 'declined', how: 'offline', arc: 'Z1', cryptogramType: type });
  if (type === 'TC') {
    const ending = answer.isForged
      ? ({ kind: 'declined', arc: 'Z1' } as const)
      : ({ kind: 'approved', arc: 'Y1' } as const);
    return finish(tx, { ...ending, how: 'offline', cryptogramType: type });
  }
  // A request whose signature does not hold goes nowhere: the card is told so at once (Book 4 6.3.2.1).
  return answer.isForged ? yield* complete(tx, { request: 'AAC', arc: 'Z1', how: 'offline' }) : undefined;
}

/** Asks the issuer and tells the card; ends the payment in any case. */
export function* goOnline(tx: Transaction): Flow<Outcome> {
  tx.setArc(undefined);
  const isAble = tx.terminalType.communication !== 'offline_only';
  const answer = isAble ? yield* authorise(tx) : ({ to: 'authorise', kind: 'unreachable' } as const);
  if (answer.kind === 'unreachable') {
    return yield* complete(tx, { ...analyseUnableToGoOnline(actionSettingOf(tx)), how: 'offline' });
  }
  const scripts = scriptsOf(tx, answer);
  yield* authenticateIssuer(tx, answer.issuerAuthenticationData);
  yield* runScripts(tx, scripts, 'before');
  const request = answer.isApproved ? 'TC' : 'AAC';
  const outcome = yield* complete(tx, { request, arc: answer.arc, how: 'online' });
  if (outcome.kind === 'terminated') return outcome;
  tx.settled = outcome;
  yield* runScripts(tx, scripts, 'after');
  return refreshed(tx, outcome);
}

type Completion = { request: CryptogramType; arc: string; how: 'offline' | 'online' };

/** The second GENERATE AC: approved only if a TC was asked for, given, and signed where it had to be. */
function* complete(tx: Transaction, { request, arc, how }: Completion): Flow<Outcome> {
  tx.setArc(arc);
  const answer = yield* generate(tx, request, 'second');
  if (answer.kind === 'broken') return tx.terminated('card_error');
  const { type } = answer.information;
  const isApproved = type === 'TC' && !answer.isForged;
  return finish(tx, { kind: isApproved ? 'approved' : 'declined', how, arc, cryptogramType: type });
}

/** From the question on the issuer may have approved, until it is known that it did not. */
export function* authorise(tx: Transaction): Flow<Answer<'authorise'>> {
  tx.isIssuerApprovalOpen = true;
  const track2 = tx.card('57');
  const answer = yield* ask({
    ask: 'authorise',
    chipData: tx.chipData(),
    pan: CardData.take(tx.panDigits()),
    track2: track2 && CardData.copyOf(track2),
    sequenceNumber: tx.sequenceNumber,
  });
  tx.isIssuerApprovalOpen = answer.kind === 'answered' && answer.isApproved;
  return answer;
}

/** The issuer's answer goes to the card by a command of its own where the card says so, else within CDOL2. */
function* authenticateIssuer(tx: Transaction, data: Uint8Array | undefined): Flow<undefined> {
  if (data === undefined) return undefined;
  tx.setTerminal('91', data);
  if (!tx.aip.issuerAuthenticationSupported) return undefined;
  tx.tsi.issuerAuthenticationPerformed = true;
  const isFitting = data.length >= ISSUER_DATA_MIN && data.length <= ISSUER_DATA_MAX;
  const sw = isFitting ? (yield* transmit(externalAuthenticate(data))).sw : undefined;
  if (sw !== SW.ok) tx.tvr.issuerAuthenticationFailed = true;
  return undefined;
}

/** Scripts that cannot be read count as one that failed before the last cryptogram. */
function scriptsOf(tx: Transaction, { scripts }: Issuer): readonly IssuerScript[] {
  if (scripts === undefined) return [];
  const parsed = parseIssuerScripts(scripts);
  if (!parsed.ok) tx.tvr.scriptFailedBeforeFinalGenerateAc = true;
  return parsed.ok ? parsed.scripts : [];
}

export function actionSettingOf(tx: Transaction): ActionSetting {
  return {
    tvr: TVR.write(tx.tvr),
    tac: tx.selected.profile.actionCodes,
    iac: { denial: tx.card('9F0E'), online: tx.card('9F0F'), default: tx.card('9F0D') },
    communication: tx.terminalType.communication,
  };
}
