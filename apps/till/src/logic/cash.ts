/** What a customer is likely to hand over for an amount: the next sums that notes make. */
import { currencyDecimals } from '@holdfast/ui';

/** Notes in major units, smallest first. Other currencies use the euro's steps, which fit most. */
const NOTES: Readonly<Record<string, readonly number[]>> = {
  SEK: [50, 100, 200, 500, 1_000],
  NOK: [50, 100, 200, 500, 1_000],
  DKK: [50, 100, 200, 500, 1_000],
  JPY: [1_000, 5_000, 10_000],
};
const NOTES_OTHERWISE = [5, 10, 20, 50, 100] as const;

/** The amount rounded up to each note, above the amount itself, each once, smallest first. Minor units. */
export function cashSuggestions(dueMinor: bigint, currency: string): bigint[] {
  if (dueMinor <= 0n) return [];
  const unit = 10n ** BigInt(currencyDecimals(currency));
  const sums = (NOTES[currency] ?? NOTES_OTHERWISE).map((note) => {
    const step = BigInt(note) * unit;
    return ((dueMinor + step - 1n) / step) * step;
  });
  const above = new Set(sums.filter((sum) => sum > dueMinor));
  return [...above].sort((a, b) => (a < b ? -1 : 1));
}
