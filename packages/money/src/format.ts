/**
 * Money as people of a locale read it. Formatters are costly to make, so a {@link MoneyFormat} keeps those it made;
 * whoever shows money holds one. Amounts go to Intl as decimal text, so no digit passes through a float.
 */
import { toDecimal } from './amount.ts';
import { currencyOf } from './currency.ts';

/** The formatters of one locale, made as currencies appear. */
export type MoneyFormat = {
  readonly locale: string;
  readonly money: Map<string, Intl.NumberFormat>;
  readonly amounts: Map<string, Intl.NumberFormat>;
};

/** An empty set of formatters for a BCP 47 locale. */
export function createMoneyFormat(locale: string): MoneyFormat {
  return { locale, money: new Map(), amounts: new Map() };
}

/** With the sign of the currency: `SEK 12.50`, `12,50 kr`. Spaces may be no-break spaces. */
export function formatMoney(minor: bigint, currency: string, format: MoneyFormat): string {
  const formatter = cached(format.money, currency, () =>
    create(format.locale, currency, { style: 'currency', currency }),
  );
  return formatter.format(decimalText(minor, currency));
}

/** Without the currency: `12.50`, `12,50`. Spaces may be no-break spaces. */
export function formatAmount(minor: bigint, currency: string, format: MoneyFormat): string {
  const formatter = cached(format.amounts, currency, () => create(format.locale, currency, {}));
  return formatter.format(decimalText(minor, currency));
}

function decimalText(minor: bigint, currency: string): Intl.StringNumericLiteral {
  // toDecimal writes plain decimal numbers only; its type is the wider string.
  return toDecimal(minor, currency) as Intl.StringNumericLiteral;
}

/** All decimals of the currency are shown: ICU would hide those that are out of use. */
function create(locale: string, currency: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const { exponent } = currencyOf(currency);
  return new Intl.NumberFormat(locale, {
    ...options,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  });
}

function cached<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}
