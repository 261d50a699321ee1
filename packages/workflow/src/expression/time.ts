/**
 * Instants and spans of time as expressions and state write them: RFC 3339 texts of the years 1 to 9999 in whole
 * milliseconds, and spans such as `1h30m`. Digits of a second beyond the third are cut off.
 */

const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const PART = /(\d{1,12})(?:\.(\d{1,6}))?(ms|[smhd])/y;
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const DURATION_CHARS_MAX = 64;

const FIRST_MS = -62_135_596_800_000;
const LAST_MS = 253_402_300_799_999;

/** Whether an instant is within the years 1 to 9999. */
export function isTimestamp(ms: number): boolean {
  return ms >= FIRST_MS && ms <= LAST_MS;
}

/** Milliseconds since the Unix epoch of an RFC 3339 text, or undefined. There are no leap seconds in it. */
export function readTimestamp(text: string): number | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction = '',
    sign,
    offsetHour = '0',
    offsetMinute = '0',
  ] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.slice(0, 3).padEnd(3, '0')));
  const offsetMs = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  const ms = date.getTime() - (sign === '-' ? -offsetMs : offsetMs);
  return isTimestamp(ms) ? ms : undefined;
}

/** The RFC 3339 text of an instant that {@link isTimestamp} allows, in UTC with three digits of a second. */
export function timestampText(ms: number): string {
  return new Date(ms).toISOString();
}

/**
 * Milliseconds of `500ms`, `10s`, `5m`, `2h`, `1d`, `1h30m` or `1.5h`, with a sign before all of it or none; undefined
 * for anything else, and for what is no whole number of milliseconds.
 */
export function readDuration(text: string): number | undefined {
  if (text.length > DURATION_CHARS_MAX) return undefined;
  const isNegative = text.startsWith('-');
  const part = new RegExp(PART);
  part.lastIndex = isNegative ? 1 : 0;
  let ms = 0;
  do {
    const match = part.exec(text);
    const unitMs = UNIT_MS.get(match?.[3] ?? '');
    if (match === null || unitMs === undefined) return undefined;
    const [, whole, fraction = ''] = match;
    const fractionMs = (Number(fraction) * unitMs) / 10 ** fraction.length;
    ms += Number(whole) * unitMs + fractionMs;
    if (!Number.isSafeInteger(fractionMs) || !Number.isSafeInteger(ms)) return undefined;
  } while (part.lastIndex < text.length);
  return isNegative ? 0 - ms : ms;
}
