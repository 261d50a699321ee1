/** What a chip leaves behind, as a receipt says it: nothing of it is sensitive, and texts are hexadecimal capitals. */
import { type Evidence, readCvmResults, toHex } from '@holdfast/cards';
import { chipDataOf } from './chip-data.ts';
import type { CardEvidence, CardFacts, Verification } from './payment-types.ts';

const METHOD_BITS = 0x3f;

/** How the cardholder was verified, by tag 9F34; a signature that is only due counts. */
export function verificationOf(of: { cvmResults: Uint8Array; isSignatureRequired: boolean }): Verification {
  const results = readCvmResults(of.cvmResults);
  if (results === undefined || results.result === 'failed') return 'none';
  switch (results.code & METHOD_BITS) {
    case 0x01:
    case 0x04:
      return 'pin';
    case 0x03:
    case 0x05:
      return 'pin_and_signature';
    case 0x02:
      return 'online_pin';
    default:
      return of.isSignatureRequired ? 'signature' : 'none';
  }
}

/** The block of a payment that its card has answered. */
export function evidenceOf(evidence: Evidence, facts: CardFacts, verification: Verification): CardEvidence {
  const { card, tvr, tsi, cryptogram, cryptogramType, atc, chipData, arc } = evidence;
  const issuerData = chipDataOf(chipData, '9F10');
  return {
    ...partsOf(facts, verification),
    chip: {
      application_id: toHex(card.aid),
      tvr: toHex(tvr),
      tsi: toHex(tsi),
      cryptogram: cryptogram.length === 0 ? null : { type: cryptogramType, value: toHex(cryptogram) },
      transaction_counter: atc.toString(16).toUpperCase().padStart(4, '0'),
      issuer_application_data: issuerData === undefined || issuerData.length === 0 ? null : toHex(issuerData),
    },
    response_code: arc,
  };
}

/** The block of a payment without a chip. */
export function evidenceOfStripe(
  facts: CardFacts,
  of: { verification: Verification; responseCode: string | null },
) {
  return { ...partsOf(facts, of.verification), chip: null, response_code: of.responseCode };
}

function partsOf(facts: CardFacts, verification: Verification) {
  return {
    application_label: facts.label,
    card_number: facts.truncated,
    entry_mode: facts.entry,
    // On paper a PIN is a PIN: who verified it stands in the CVM results.
    verification: verification === 'online_pin' ? ('pin' as const) : verification,
  };
}
