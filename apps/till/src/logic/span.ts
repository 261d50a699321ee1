/** How long something took, in the few words that fit a line. */

const STEPS = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1_000 },
] as const;

/** `"340 ms"`, `"1.2 sec"`, `"4 min"`: one unit, with a decimal below ten seconds. */
export function spanText(ms: number, locale: string): string {
  const step = STEPS.find((candidate) => ms >= candidate.ms) ?? { unit: 'millisecond', ms: 1 };
  const digits = step.unit === 'second' && ms < 10_000 ? 1 : 0;
  // Regions do not count here: theirs are longer, such as "4 mins".
  return new Intl.NumberFormat(new Intl.Locale(locale).language, {
    style: 'unit',
    unit: step.unit,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(ms / step.ms);
}
