/** How long ago, in the few words that fit a strip: seconds below a minute, then minutes, hours, days. */

const STEPS = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1_000 },
] as const;

/**
 * `"4 min"` for 250,000 ms in English; never negative, rounded down. Regions do not count here: theirs are longer, such as
 * "4 mins", and a strip has little room.
 */
export function ageText(ageMs: number, locale: string): string {
  const ms = Math.max(0, ageMs);
  const step = STEPS.find((candidate) => ms >= candidate.ms) ?? { unit: 'second', ms: 1_000 };
  const format = new Intl.NumberFormat(new Intl.Locale(locale).language, {
    style: 'unit',
    unit: step.unit,
    unitDisplay: 'short',
  });
  return format.format(Math.floor(ms / step.ms));
}

/** `"0:42"` for 41,200 ms: a countdown, rounded up so that it ends at zero when the time is over. */
export function countdownText(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
