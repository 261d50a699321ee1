/**
 * Money as a browser needs it: decimal strings of the wire to minor units and back, and words for people.
 * Everything is exact: an amount is a bigint of minor units and never passes through a floating-point number.
 */

const AMOUNT = /^(-?)(\d{1,15})(?:\.(\d{1,4}))?$/;

/** Decimals of a currency by ISO 4217, as `Intl` knows them. An unknown code has two. */
export function currencyDecimals(currency: string): number {
  const options = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return options.maximumFractionDigits ?? 2;
}

/** Minor units of a decimal string such as `"12.5"`; null if it is none or has more decimals than the currency. */
export function parseAmount(text: string, currency: string): bigint | null {
  const match = AMOUNT.exec(text);
  if (match === null) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  const decimals = currencyDecimals(currency);
  if (fraction.length > decimals && /[1-9]/.test(fraction.slice(decimals))) return null;
  const minor = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  return sign === '-' ? -minor : minor;
}

/** The decimal string of the wire, with all decimals of the currency: `1250n` SEK is `"12.50"`. */
export function amountText(minor: bigint, currency: string): `${number}` {
  const decimals = currencyDecimals(currency);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const text = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`;
  // The digits were made two lines above: the text is a number by construction.
  return (minor < 0n ? `-${text}` : text) as `${number}`;
}

/** An amount with its currency in the words of a locale. `Intl` takes decimal strings exactly; `short` drops .00. */
export function formatMoney(
  minor: bigint,
  { currency, locale, short = false }: { currency: string; locale: string; short?: boolean },
): string {
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    trailingZeroDisplay: short ? 'stripIfInteger' : 'auto',
  });
  return format.format(amountText(minor, currency));
}
