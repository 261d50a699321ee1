/**
 * The arithmetic of a sale: exact, in minor units, without rounding anywhere. A function of the request alone, so
 * that the edge, the tests and an auditor come to the same figures.
 */
import { AppError, LIMITS } from '@holdfast/base';
import { currencyOf, sumMinor, toDecimal, toMinor } from '@holdfast/money';
import type { SaleRequest } from '@holdfast/protocol';

/** A line with its prices in minor units; `amount_minor` is quantity × unit price. */
export type PricedLine = {
  sku: string;
  name: string;
  quantity: number;
  unit_price_minor: bigint;
  amount_minor: bigint;
};

/** What was handed over, before change. */
export type PricedTender = { type: 'cash'; amount_minor: bigint };

/** A sale that adds up: lines sum to the total, and tenders = total + change. */
export type PricedSale = {
  currency: string;
  exponent: number;
  lines: PricedLine[];
  total_minor: bigint;
  tenders: PricedTender[];
  change_minor: bigint;
};

/**
 * Prices a request that fits its schema. Without tenders it was paid in cash, exactly. Throws AppError
 * `unknown_currency`, `invalid_request`, `amount_precision`, `amount_out_of_range` or `tenders_insufficient`; where
 * one amount is at fault, its JSON pointer stands in `faults`.
 */
export function priceSale(request: SaleRequest): PricedSale {
  const { code: currency, exponent } = currencyOf(request.currency);
  const lines = request.items.map((item, index): PricedLine => {
    const unitPriceMinor = positiveMinor(item.unit_price, currency, `/items/${index}/unit_price`);
    return {
      sku: item.sku,
      name: item.name,
      quantity: item.quantity,
      unit_price_minor: unitPriceMinor,
      amount_minor: unitPriceMinor * BigInt(item.quantity),
    };
  });
  let totalMinor = 0n;
  for (const line of lines) totalMinor += line.amount_minor;
  refuseBeyondRange(totalMinor, currency, 'total');
  const tenders = request.tenders?.map(
    (tender, index): PricedTender => ({
      type: tender.type,
      amount_minor: positiveMinor(tender.amount, currency, `/tenders/${index}/amount`),
    }),
  ) ?? [{ type: 'cash', amount_minor: totalMinor }];
  const changeMinor = change(tenders, totalMinor, currency);
  return { currency, exponent, lines, total_minor: totalMinor, tenders, change_minor: changeMinor };
}

/** Change is given from cash, never for what another kind of tender paid too much. */
function change(tenders: PricedTender[], totalMinor: bigint, currency: string): bigint {
  const tenderedMinor = sumMinor(tenders.map((tender) => tender.amount_minor));
  refuseBeyondRange(tenderedMinor, currency, 'sum of the tenders');
  const changeMinor = tenderedMinor - totalMinor;
  if (changeMinor < 0n) {
    const missing = toDecimal(-changeMinor, currency);
    throw new AppError('tenders_insufficient', `${missing} ${currency} of the total are not covered`);
  }
  return changeMinor;
}

function positiveMinor(amount: string | number, currency: string, pointer: string): bigint {
  const minor = minorAt(amount, currency, pointer);
  if (minor > 0n) return minor;
  const detail = 'must be above zero';
  throw new AppError('invalid_request', `${pointer} ${detail}`, { faults: [{ pointer, detail }] });
}

/** {@link toMinor}, whose refusal here also says where. */
function minorAt(amount: string | number, currency: string, pointer: string): bigint {
  try {
    return toMinor(amount, currency);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message } = error;
    throw new AppError(code, message, { cause: error, faults: [{ pointer, detail: message }] });
  }
}

function refuseBeyondRange(minor: bigint, currency: string, what: string): void {
  if (minor <= LIMITS.amountMinorMax) return;
  const limit = toDecimal(LIMITS.amountMinorMax, currency);
  throw new AppError('amount_out_of_range', `The ${what} is above ${limit} ${currency}`);
}
