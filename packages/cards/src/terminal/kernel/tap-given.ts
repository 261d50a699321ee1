/**
 * A cryptogram that was given with the processing options (as EMV Contactless Book C-3 has it): what the card wants done
 * by its qualifiers, and whether an approval of its own may stand. Of what the card answers only its signature is
 * proven: the qualifiers count as they are signed (tag 9F69), since anybody between card and reader can change them.
 */
import { sameBytes } from '@holdfast/crypto';
import { concatBytes } from '../../cipher/bytes.ts';
import { CTQ, type Ctq } from '../contactless-limits.ts';
import { type CryptogramType, readCryptogramInformation } from '../cryptogram-information.ts';
import { noteVerdict } from './authenticate.ts';
import { DECLINED, finish } from './finish.ts';
import { noteRisk } from './manage-risk.ts';
import type { Outcome } from './outcome.ts';
import { limitsOf, tapDemands } from './tap-demands.ts';
import type { Transaction } from './transaction.ts';

/** What the card gave within the tap. `isTrusted`: its signature held, or its cryptogram goes to the issuer. */
export type Tapped = { type: CryptogramType; isTrusted: boolean };

/** Tag 9F69: a version, four bytes of the card's own, the qualifiers. */
const RELATED_VERSION = 0x01;
const QUALIFIERS_AT = 5;

/** Approved offline only with a signature over this payment, and within all bounds. */
export function judgeGiven(tx: Transaction): Tapped | Outcome {
  const information = readCryptogramInformation(tx.card('9F27')?.[0] ?? 0xff);
  if (information === undefined) return tx.terminated('card_error');
  const { type } = information;
  if (type === 'AAC') return { type, isTrusted: true };
  const ctq = CTQ.read(tx.card('9F6C') ?? new Uint8Array());
  if (!chooseVerification(tx, ctq)) return finish(tx, { ...DECLINED, cryptogramType: type });
  if (type === 'ARQC') return { type, isTrusted: true };
  noteRisk(tx, { floorLimit: limitsOf(tx.selected.profile).floorLimit });
  const { expiredApplication, applicationNotYetEffective, cardOnExceptionFile } = tx.tvr;
  const isBarred = expiredApplication || applicationNotYetEffective || cardOnExceptionFile;
  const isSigned = isSignatureGood(tx);
  if (isSigned && !isBarred) return { type, isTrusted: true };
  if (!isSigned && ctq?.switchInterfaceIfAuthenticationFails === true) return tx.terminated('use_chip');
  return finish(tx, { ...DECLINED, cryptogramType: type });
}

/** The signature of a tap is over the number, amount, currency and what the card says of it (tag 9F69). */
function isSignatureGood(tx: Transaction): boolean {
  const parts = ['9F37', '9F02', '5F2A', '9F69'].map((tag) => tx.value(tag) ?? new Uint8Array());
  const signature = tx.card('9F4B');
  tx.tsi.offlineDataAuthenticationPerformed = true;
  if (signature === undefined || !areQualifiersSigned(tx)) {
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

/** Whether the qualifiers are those that the signature is over; a card that tells none has none set. */
function areQualifiersSigned(tx: Transaction): boolean {
  const related = tx.card('9F69');
  if (related?.[0] !== RELATED_VERSION) return false;
  const said = tx.card('9F6C') ?? CTQ.write({});
  return sameBytes(related.subarray(QUALIFIERS_AT, QUALIFIERS_AT + CTQ.length), said);
}

/** What the card's qualifiers ask for, else what the terminal can do; false if the limit demands more than that. */
function chooseVerification(tx: Transaction, ctq: Ctq | undefined): boolean {
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
