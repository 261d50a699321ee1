/** Durations as people write them: `500ms`, `10s`, `5m`, `2h`, `1d`; a bare number is seconds. */

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A year and a day; nothing in a store waits longer. */
export const DURATION_MAX_MS = 366 * 86_400_000;

/** A regular expression for the texts. */
export const DURATION = '[0-9]{1,11}(ms|s|m|h|d)';

/** Whole milliseconds, at most {@link DURATION_MAX_MS}; undefined for what is no duration. */
export function durationMs(value: unknown): number | undefined {
  const ms =
    typeof value === 'number' ? Math.round(value * 1_000) : typeof value === 'string' ? textMs(value) : NaN;
  return Number.isFinite(ms) && ms >= 0 && ms <= DURATION_MAX_MS ? ms : undefined;
}

function textMs(text: string): number {
  const match = /^(\d{1,11})(ms|s|m|h|d)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  return match === null || unit === undefined ? Number.NaN : Number(match[1]) * unit;
}

/** A duration for people, in the largest unit that holds it exactly. */
export function durationText(ms: number): string {
  const [unit, size] = Object.entries(UNITS).findLast(([, ofUnit]) => ms % ofUnit === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}
