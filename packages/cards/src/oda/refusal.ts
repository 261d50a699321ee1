/**
 * Why offline data authentication failed, and what the terminal notes of it in the TVR (EMV Book 3 10.3 and annex C5).
 * A reason says which check of Book 2 did not hold; it never quotes what the card sent.
 */

export type OdaRefusal =
  /** A data object that the method needs is not on the card, or empty. */
  | 'data_missing'
  /** The terminal has no such key of a certification authority, or it is beyond its date. */
  | 'ca_key_missing'
  | 'ca_key_expired'
  /** The certificate or signature is not as long as the key that it was made with. */
  | 'signature_length'
  /** Header, trailer or format: made with another key, or changed. */
  | 'recovery'
  | 'hash_algorithm'
  | 'key_algorithm'
  /** Lengths of the key in a certificate contradict each other, or EMV does not allow the key. */
  | 'key_form'
  | 'hash'
  /** The certificate is for another number or range of numbers. */
  | 'issuer_identifier'
  | 'pan'
  | 'certificate_expired'
  | 'certificate_revoked'
  /** A record that takes part is no template 70. */
  | 'record_template'
  /** The list of further static data names more than the AIP. */
  | 'tag_list'
  /** What the card signed is not of the form that its method has. */
  | 'dynamic_data'
  /** The card signed another kind of cryptogram, or other data of the transaction. */
  | 'cryptogram_information'
  | 'transaction_data';

/** The outcome of a check that has nothing to hand out. */
export type OdaFailure = { readonly ok: false; readonly reason: OdaRefusal };

export type OdaMethod = 'sda' | 'dda' | 'cda';

/** Bits of the TVR, by their names in the terminal. */
export type OdaTvrBit = 'sdaFailed' | 'ddaFailed' | 'cdaFailed' | 'iccDataMissing';

/** Shorthand for a failure. */
export function refused(reason: OdaRefusal): OdaFailure {
  return { ok: false, reason };
}

/** The bits of the TVR that a failure of the method sets. */
export function tvrBitsOf(method: OdaMethod, reason: OdaRefusal): readonly OdaTvrBit[] {
  const failed = ({ sda: 'sdaFailed', dda: 'ddaFailed', cda: 'cdaFailed' } as const)[method];
  return reason === 'data_missing' ? [failed, 'iccDataMissing'] : [failed];
}
