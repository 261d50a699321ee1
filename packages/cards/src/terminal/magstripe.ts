/**
 * Whether a swiped stripe may pay, and how. A stripe is copied with ease, so a card that has a chip is read by its chip
 * wherever there is a reader for it; the stripe of such a card stands in only after the chip gave out for a technical
 * reason, and then only online. What the service code (ISO/IEC 7813) demands holds besides.
 */
import { allowsCash, allowsPurchase, isOnlineOnly, type ServiceCode } from '../track/service-code.ts';

export type StripeSetting = {
  service: ServiceCode;
  isExpired: boolean;
  transaction: 'purchase' | 'cash';
  isAtm: boolean;
  hasChipReader: boolean;
  hasPinPad: boolean;
  /** How the chip of this card was tried before: not at all, in vain for a technical reason, or with an answer of its own. */
  chipAttempt: 'none' | 'failed' | 'answered';
  /** The merchant takes stripes of cards whose chip failed. */
  acceptsFallback: boolean;
  /** The issuer can be asked now. */
  isOnline: boolean;
};

/** `fallback` is marked so for the issuer (POS entry mode 80 instead of 90). */
export type StripeDecision =
  | {
      kind: 'accepted';
      entry: 'stripe' | 'fallback';
      mustGoOnline: boolean;
      verification: 'online_pin' | 'signature';
    }
  | {
      kind: 'refused';
      reason:
        | 'expired'
        | 'use_chip'
        | 'fallback_not_accepted'
        | 'service_not_allowed'
        | 'pin_pad_missing'
        | 'online_only';
    };

/** Decides by the rules in their order; the first that refuses is the reason. */
export function decideStripe(setting: StripeSetting): StripeDecision {
  const { service, hasPinPad } = setting;
  if (setting.isExpired) return { kind: 'refused', reason: 'expired' };
  const isFallback = service.hasChip && setting.hasChipReader;
  if (isFallback && setting.chipAttempt !== 'failed') return { kind: 'refused', reason: 'use_chip' };
  if (isFallback && !setting.acceptsFallback) return { kind: 'refused', reason: 'fallback_not_accepted' };
  if (!isServiceAllowed(setting)) return { kind: 'refused', reason: 'service_not_allowed' };
  if (service.pin === 'required' && !hasPinPad) return { kind: 'refused', reason: 'pin_pad_missing' };
  const isPinAsked = service.pin !== 'not_required' && hasPinPad;
  // A PIN at a stripe can be verified by the issuer alone; a rule that is not defined is left to the issuer as well.
  const mustGoOnline = isFallback || isPinAsked || isOnlineOnly(service) || service.pin === 'reserved';
  if (mustGoOnline && !setting.isOnline) return { kind: 'refused', reason: 'online_only' };
  return {
    kind: 'accepted',
    entry: isFallback ? 'fallback' : 'stripe',
    mustGoOnline,
    verification: isPinAsked ? 'online_pin' : 'signature',
  };
}

function isServiceAllowed({ service, transaction, isAtm }: StripeSetting): boolean {
  return transaction === 'cash' ? allowsCash(service, isAtm) : allowsPurchase(service);
}
