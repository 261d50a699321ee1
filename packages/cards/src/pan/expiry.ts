/**
 * The month in which a card expires, and dates as cards write them (EMV Book 4, 6.7.3 for the century; ISO/IEC 7813).
 * A card is good through the last day of its month, in the time zone of the terminal.
 */
import { areDigits, digitAt } from '../encoding/digits.ts';

/** A month; `year` has four digits, `month` is 1–12. */
export type Expiry = { readonly year: number; readonly month: number };

/** A day of the calendar. */
export type LocalDate = { readonly year: number; readonly month: number; readonly day: number };

const TEXT = /^(\d{4})-(0[1-9]|1[0-2])$/;

/** Reads the four ASCII digits YYMM; undefined where they are no month. Years 00–49 are of this century. */
export function parseYymm(digits: Uint8Array): Expiry | undefined {
  if (digits.length !== 4 || !areDigits(digits)) return undefined;
  const month = pairAt(digits, 2);
  return month >= 1 && month <= 12 ? { year: windowed(pairAt(digits, 0)), month } : undefined;
}

/** Reads the six ASCII digits YYMMDD, as in tags 5F24, 5F25 and 9A; undefined where they are no day of the calendar. */
export function parseYymmdd(digits: Uint8Array): LocalDate | undefined {
  if (digits.length !== 6) return undefined;
  const month = parseYymm(digits.subarray(0, 4));
  if (!month || !areDigits(digits)) return undefined;
  const day = pairAt(digits, 4);
  return day >= 1 && day <= daysOf(month) ? { ...month, day } : undefined;
}

/** The four digits that a card has for the month. */
export function toYymm(expiry: Expiry): string {
  return `${String(expiry.year % 100).padStart(2, '0')}${String(expiry.month).padStart(2, '0')}`;
}

/** `2031-08`, the form in which the month is stored and sent. */
export function expiryText(expiry: Expiry): string {
  return `${String(expiry.year).padStart(4, '0')}-${String(expiry.month).padStart(2, '0')}`;
}

/** Reads {@link expiryText}; undefined for any other text. */
export function parseExpiryText(text: string): Expiry | undefined {
  const [, year, month] = TEXT.exec(text) ?? [];
  return year && month ? { year: Number(year), month: Number(month) } : undefined;
}

/** Whether the month is over on `today`. */
export function isExpired(expiry: Expiry, today: LocalDate): boolean {
  return expiry.year < today.year || (expiry.year === today.year && expiry.month < today.month);
}

/** The last day on which the card is good. */
export function lastDayOf(expiry: Expiry): LocalDate {
  return { ...expiry, day: daysOf(expiry) };
}

/** Negative where the first date is earlier, positive where it is later, zero where they are the same. */
export function compareDates(left: LocalDate, right: LocalDate): number {
  return left.year - right.year || left.month - right.month || left.day - right.day;
}

/** The day that it is at a moment (ms since 1970) in a time zone of the IANA database, such as `Europe/Stockholm`. */
export function localDateAt(nowMs: number, timeZone: string): LocalDate {
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  const parts = new Map(format.formatToParts(nowMs).map((part) => [part.type, Number(part.value)]));
  return { year: parts.get('year') ?? 0, month: parts.get('month') ?? 0, day: parts.get('day') ?? 0 };
}

function windowed(year: number): number {
  return year < 50 ? 2000 + year : 1900 + year;
}

function daysOf(month: Expiry): number {
  if (month.month === 2) return isLeap(month.year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month.month) ? 30 : 31;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function pairAt(digits: Uint8Array, index: number): number {
  return digitAt(digits, index) * 10 + digitAt(digits, index + 1);
}
