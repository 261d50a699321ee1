/**
 * The currencies of ISO 4217 list one that count in decimal minor units. The table is dinero.js's, with two rows
 * mended: it writes ariary and ouguiya by their fifths (base 5), ISO 4217 gives both two decimals. Entries without
 * minor units (gold, special drawing rights, test codes) are no money a store takes and are not known here.
 */
import { AppError } from '@holdfast/base';
import * as dineroCurrencies from 'dinero.js/bigint/currencies';

/** An ISO 4217 code and its number of decimals. */
export type Currency = { readonly code: string; readonly exponent: number };

const MENDED: readonly Currency[] = [
  { code: 'MGA', exponent: 2 },
  { code: 'MRU', exponent: 2 },
];

const TABLE: ReadonlyMap<string, Currency> = new Map(
  [
    ...Object.values(dineroCurrencies).map(({ code, exponent }) => ({ code, exponent: Number(exponent) })),
    ...MENDED,
  ].map((currency) => [currency.code, Object.freeze(currency)]),
);

/** Every known code, in alphabetical order. */
export const CURRENCY_CODES: readonly string[] = [...TABLE.keys()].sort();

/** True for a code of {@link CURRENCY_CODES}; codes are written in capitals. */
export function isCurrency(code: string): boolean {
  return TABLE.has(code);
}

/** The currency of a code. Throws AppError `unknown_currency`. */
export function currencyOf(code: string): Currency {
  const currency = TABLE.get(code);
  if (currency === undefined) {
    throw new AppError('unknown_currency', `${JSON.stringify(code.slice(0, 16))} is not a known currency`);
  }
  return currency;
}
