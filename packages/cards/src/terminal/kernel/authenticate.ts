/** Offline data authentication (EMV Book 3 10.3, Book 2 5 and 6): the best method that card and terminal share, and its bits. */
import { parseSignedData } from '../../apdu/answers.ts';
import { internalAuthenticate } from '../../apdu/commands.ts';
import { SW } from '../../apdu/status.ts';
import { type OdaMethod, tvrBitsOf } from '../../oda/refusal.ts';
import { parseDol } from '../../tlv/dol.ts';
import { type Flow, transmit } from './dialogue.ts';
import { store } from './initiate.ts';
import type { Outcome } from './outcome.ts';
import type { AuthenticationVerdict } from './profile.ts';
import { type Transaction, UNPREDICTABLE_LENGTH } from './transaction.ts';

/** All that INTERNAL AUTHENTICATE may tell. */
const SIGNED: ReadonlySet<string> = new Set(['9F4B']);

/** Authenticates, or notes why not; only a card that does not answer as it must ends the payment. */
export function* authenticate(tx: Transaction): Flow<Outcome | undefined> {
  const { aip, capabilities, tvr } = tx;
  if (aip.cdaSupported && capabilities.cda) prepareCombined(tx);
  else if (aip.ddaSupported && capabilities.dda) return yield* authenticateDynamically(tx);
  else if (aip.sdaSupported && capabilities.sda) authenticateStatically(tx);
  else tvr.offlineDataAuthenticationNotPerformed = true;
  return undefined;
}

/** Keys first: if they cannot be recovered, no signature is asked for (Book 4 6.3.2.1). */
function prepareCombined(tx: Transaction): void {
  const verdict = tx.setting.authenticator.prepareCombined(tx.view());
  tx.isCombinedWanted = verdict.ok;
  if (verdict.ok) return;
  noteVerdict(tx, 'cda', verdict);
  tx.tsi.offlineDataAuthenticationPerformed = true;
}

function authenticateStatically(tx: Transaction): void {
  const verdict = tx.setting.authenticator.verifyStatic(tx.view());
  tx.tvr.sdaSelected = true;
  noteVerdict(tx, 'sda', verdict);
  tx.tsi.offlineDataAuthenticationPerformed = true;
}

function* authenticateDynamically(tx: Transaction): Flow<Outcome | undefined> {
  tx.tsi.offlineDataAuthenticationPerformed = true;
  const ddol = tx.card('9F49') ?? tx.selected.profile.defaultDdol;
  const ddolData = ddol && hasUnpredictableNumber(ddol) ? tx.dolData(ddol) : undefined;
  if (ddolData === undefined) {
    tx.tvr.ddaFailed = true;
    return undefined;
  }
  const answer = yield* transmit(internalAuthenticate(ddolData));
  const signed = answer.sw === SW.ok ? parseSignedData(answer.data) : undefined;
  const signature =
    signed?.ok === true ? signed.elements.find(({ tag }) => tag === '9F4B')?.value : undefined;
  if (signed?.ok !== true || signature === undefined || !store(tx, signed.elements, SIGNED))
    return tx.terminated('card_error');
  const verdict = tx.setting.authenticator.verifyDynamic(tx.view(), { ddolData, signature });
  noteVerdict(tx, 'dda', verdict);
  return undefined;
}

/** A DDOL without the whole unpredictable number would let an old signature pass (Book 2 6.5.1). */
function hasUnpredictableNumber(ddol: Uint8Array): boolean {
  const parsed = parseDol(ddol);
  return (
    parsed.ok && parsed.entries.some(({ tag, length }) => tag === '9F37' && length >= UNPREDICTABLE_LENGTH)
  );
}

/** Notes a failure in the TVR, or takes over what was found. */
export function noteVerdict(tx: Transaction, method: OdaMethod, verdict: AuthenticationVerdict): void {
  if (verdict.ok) store(tx, verdict.elements);
  else for (const bit of tvrBitsOf(method, verdict.reason)) tx.tvr[bit] = true;
}
