/**
 * The part of a receipt or slip that speaks of a card payment. Who reads it decides two things: the customer's copy
 * shows the last four digits alone, and the line to sign is on the merchant's copy (on a refund, where the merchant
 * signs, on the customer's).
 */
import { formatMoney, type MoneyFormat } from '@holdfast/money';
import {
  boldRow,
  centred,
  type ReceiptAudience,
  type ReceiptBlock,
  type ReceiptOrigin,
  row,
  timeText,
} from './receipt-blocks.ts';
import {
  assertCardPayment,
  type CardChipData,
  type CardConversion,
  type CardPayment,
  maskedNumber,
} from './receipt-card.ts';
import { type CardLabels, cardLabels } from './receipt-card-labels.ts';

/** Empty lines above a line to sign on: about a centimetre of paper. */
const ROOM_TO_SIGN_LINES = 2;

/** The blocks of a payment. Without an audience the copy is the customer's. Asserts that the payment may be printed. */
export function cardBlocks(payment: CardPayment, origin: ReceiptOrigin, format: MoneyFormat): ReceiptBlock[] {
  assertCardPayment(payment);
  const labels = cardLabels(origin.locale);
  const audience = origin.audience ?? 'customer';
  const { conversion, chip } = payment;
  return [
    ...amountBlocks(payment, labels, format),
    ...(conversion === null ? [] : conversionBlocks(conversion, { payment, labels, origin, format })),
    ...cardRows(payment, labels, audience),
    ...outcomeRows(payment, labels),
    ...(chip === null ? [] : chipRows(chip)),
    ...idRows(payment, labels),
    ...statementBlocks(payment, labels),
    ...handBlocks(payment, labels, audience),
  ];
}

function amountBlocks(payment: CardPayment, labels: CardLabels, format: MoneyFormat): ReceiptBlock[] {
  const { amount_minor, currency, tip, transaction } = payment;
  const name = labels.transactions[transaction];
  if (tip?.kind !== 'given') return [boldRow(name, formatMoney(amount_minor, currency, format))];
  return [
    row(name, formatMoney(amount_minor - tip.amount_minor, currency, format)),
    row(labels.tip, formatMoney(tip.amount_minor, currency, format)),
    boldRow(labels.total, formatMoney(amount_minor, currency, format)),
  ];
}

function conversionBlocks(
  conversion: CardConversion,
  it: { payment: CardPayment; labels: CardLabels; origin: ReceiptOrigin; format: MoneyFormat },
): ReceiptBlock[] {
  const { labels, origin, format, payment } = it;
  const { currency, rate_at, provider, markup_percent, rounding } = conversion;
  const decimal = (text: string): string => decimalText(text, origin.locale);
  return [
    boldRow(labels.converted, formatMoney(conversion.amount_minor, currency, format)),
    row(labels.rate, `1 ${payment.currency} = ${decimal(conversion.rate)} ${currency}`),
    ...(rate_at === null ? [] : [row(labels.rateAt, timeText(rate_at, origin))]),
    ...(markup_percent === null ? [] : [row(labels.markup, `${decimal(markup_percent)} %`)]),
    ...(rounding === null ? [] : [row(labels.rounding, `${decimal(rounding)} ${currency}`)]),
    ...(provider === null ? [] : [row(labels.provider, provider)]),
    centred(labels.currencyChosen),
  ];
}

function cardRows(payment: CardPayment, labels: CardLabels, audience: ReceiptAudience): ReceiptBlock[] {
  const { application_label, card_number, entry_mode } = payment;
  const number = card_number === null ? '' : maskedNumber(card_number, audience);
  return [
    ...(application_label === '' && number === '' ? [] : [row(application_label, number)]),
    ...(entry_mode === null ? [] : [row(labels.entry, labels.entryModes[entry_mode])]),
  ];
}

function outcomeRows({ outcome }: CardPayment, labels: CardLabels): ReceiptBlock[] {
  if (outcome.kind === 'cancelled') return [];
  return [
    ...(outcome.kind === 'approved' ? [row(labels.authorisationCode, outcome.authorisation_code)] : []),
    ...optionalRow(labels.responseCode, outcome.response_code),
  ];
}

/** The names are those of EMV in every language. */
function chipRows(chip: CardChipData): ReceiptBlock[] {
  return [
    row('AID', chip.application_id),
    ...optionalRow('TVR', chip.tvr),
    ...optionalRow('TSI', chip.tsi),
    ...(chip.cryptogram === null ? [] : [row(chip.cryptogram.type, chip.cryptogram.value)]),
    ...optionalRow('ATC', chip.transaction_counter),
    ...optionalRow('IAD', chip.issuer_application_data),
  ];
}

function idRows(payment: CardPayment, labels: CardLabels): ReceiptBlock[] {
  return [
    row(labels.terminalId, payment.terminal_id),
    row(labels.merchantId, payment.merchant_id),
    ...optionalRow('STAN', payment.stan),
    ...optionalRow(labels.reference, payment.reference),
    ...optionalRow(labels.originalReference, payment.original_reference),
  ];
}

/**
 * How the cardholder was verified is said of what was approved: a refused PIN is nobody's business on paper. A refund
 * that is signed is signed by the merchant.
 */
function statementBlocks(payment: CardPayment, labels: CardLabels): ReceiptBlock[] {
  const { outcome, transaction, verification } = payment;
  if (outcome.kind === 'declined' || outcome.kind === 'cancelled') return [centred(labels.notCharged)];
  const isOfMerchant = transaction === 'refund' && verification === 'signature';
  return [
    ...(outcome.kind === 'approved_offline' ? [centred(labels.approvedOffline)] : []),
    ...(isOfMerchant ? [] : [centred(labels.verifications[verification])]),
  ];
}

/** What is written by hand: tip and total on both copies, the signature on the copy that the other side keeps. */
function handBlocks(payment: CardPayment, labels: CardLabels, audience: ReceiptAudience): ReceiptBlock[] {
  const { outcome, tip, transaction, verification } = payment;
  if (outcome.kind === 'declined' || outcome.kind === 'cancelled') return [];
  const isMerchantSigning = transaction === 'refund';
  const isSigned = verification === 'signature' || verification === 'pin_and_signature';
  const isHere = audience === (isMerchantSigning ? 'customer' : 'merchant');
  return [
    ...(tip?.kind === 'ask' ? [labels.tip, labels.total].flatMap(fillIn) : []),
    ...(isSigned && isHere ? signature(labels, isMerchantSigning) : []),
  ];
}

function fillIn(label: string): ReceiptBlock[] {
  return [
    { kind: 'space', lines: 1 },
    { kind: 'blank', label },
  ];
}

function signature(labels: CardLabels, isMerchantSigning: boolean): ReceiptBlock[] {
  return [
    { kind: 'space', lines: ROOM_TO_SIGN_LINES },
    { kind: 'blank', label: 'X' },
    centred(isMerchantSigning ? labels.merchantSignature : labels.agreement),
  ];
}

function optionalRow(label: string, value: string | null): ReceiptBlock[] {
  return value === null ? [] : [row(label, value)];
}

/** With all the decimals that were given, as the locale writes them. */
function decimalText(decimal: string, locale: string): string {
  const digits = decimal.split('.')[1]?.length ?? 0;
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  });
  // Asserted to be a plain decimal number when the payment came in; its type is the wider string.
  return format.format(decimal as Intl.StringNumericLiteral);
}
