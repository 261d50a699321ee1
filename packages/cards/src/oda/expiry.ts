/** Months of certificates (MMYY) and of transactions (YYMMDD), both packed digits, as numbers that compare. */
import { readNumeric } from '../encoding/bcd.ts';

/** Years from here on are of the century before (EMV Book 4 6.7.3). */
const FIRST_YEAR_OF_1900 = 50;

/** A year of four digits and a month from 1 to 12. */
export type YearMonth = { readonly year: number; readonly month: number };

/** How many months there are up to this one. */
export function monthNumber({ year, month }: YearMonth): number {
  return 12 * year + month;
}

/** The last month that a certificate is valid in; undefined where the bytes are no date. */
export function monthOfCertificate(date: Uint8Array): number | undefined {
  return date.length === 2 ? monthOf(date, 2, 0) : undefined;
}

/** The month of a transaction date (tag 9A); undefined where the bytes are no date. */
export function monthOfTransaction(date: Uint8Array): number | undefined {
  return date.length === 3 ? monthOf(date, 0, 2) : undefined;
}

function monthOf(date: Uint8Array, yearAt: number, monthAt: number): number | undefined {
  const digits = readNumeric(date);
  if (digits === undefined) return undefined;
  const shortYear = twoDigits(digits, yearAt);
  const month = twoDigits(digits, monthAt);
  if (month < 1 || month > 12) return undefined;
  return monthNumber({ year: shortYear + (shortYear < FIRST_YEAR_OF_1900 ? 2000 : 1900), month });
}

function twoDigits(digits: Uint8Array, at: number): number {
  return 10 * ((digits[at] ?? 0) & 0xf) + ((digits[at + 1] ?? 0) & 0xf);
}
