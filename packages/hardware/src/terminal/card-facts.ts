/** What may be told of a card, out of what must not be. */
import {
  brandOf,
  type CardData,
  type CardIdentity,
  type Expiry,
  expiryText,
  maskPan,
  parseTag57,
  parseYymm,
  readNumeric,
  truncatePan,
} from '@holdfast/cards';
import type { SecureElement } from '../ports/secure-element.ts';
import type { CardEntry, CardFacts } from './payment-types.ts';

type Source = { pan: CardData; expiry: string; serviceCode: string | null };
type More = { entry: CardEntry; label: string | undefined; pinTriesLeft: number | null };

/** Facts of any card. The data stay the caller's. */
export async function factsOf(source: Source, more: More, element: SecureElement): Promise<CardFacts> {
  const { pan, expiry, serviceCode } = source;
  const { entry, label, pinTriesLeft } = more;
  const token = await element.tokenOf(pan);
  return pan.use((digits) => {
    const { brand } = brandOf(digits);
    const name = label === undefined || label === '' ? brand : label;
    const numbers = { truncated: truncatePan(digits), masked: maskPan(digits) };
    return { token, brand, ...numbers, expiry, entry, label: name, serviceCode, pinTriesLeft };
  });
}

/** What a chip says of itself, as far as facts need it. */
export function sourceOfChip(card: CardIdentity): Source {
  return { pan: card.pan, expiry: expiryOfChip(card), serviceCode: serviceCodeOf(card.track2) };
}

/** The month of tag 5F24, which may be of anything but digits. */
export function expiryOfChip({ expirationDate }: CardIdentity): string {
  return textOf(parseYymm(readNumeric(expirationDate)?.subarray(0, 4) ?? new Uint8Array()));
}

/** A date that is none is told as one long ago: whoever compares it finds the card expired. */
export function textOf(expiry: Expiry | undefined): string {
  return expiry === undefined ? '0000-01' : expiryText(expiry);
}

function serviceCodeOf(track2: CardData | undefined): string | null {
  const parsed = track2?.use(parseTag57);
  if (parsed?.ok !== true) return null;
  parsed.track.pan.wipe();
  parsed.track.discretionary.wipe();
  return parsed.track.serviceCode ?? null;
}
