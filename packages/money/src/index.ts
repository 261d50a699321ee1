export { allocate } from './allocate.ts';
export { sumMinor, toDecimal, toMinor } from './amount.ts';
export { CURRENCY_CODES, type Currency, currencyOf, isCurrency } from './currency.ts';
export { createMoneyFormat, formatAmount, formatMoney, type MoneyFormat } from './format.ts';
