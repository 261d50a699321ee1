/** The words of a card payment on a receipt, in every language of {@link receiptLabels}. */
import type { CardEntryMode, CardholderVerification, CardPayment } from './receipt-card.ts';
import { type ReceiptLanguage, receiptLanguage } from './receipt-labels.ts';

type Transaction = CardPayment['transaction'];

/** Words and sentences; a name in front of a value has no colon. */
export type CardLabels = {
  slip: string;
  transactions: Readonly<Record<Transaction, string>>;
  /** In large type. */
  headings: Readonly<Record<Exclude<Transaction, 'purchase'>, string>>;
  failed: Readonly<Record<'declined' | 'cancelled', string>>;
  tip: string;
  total: string;
  entry: string;
  entryModes: Readonly<Record<CardEntryMode, string>>;
  authorisationCode: string;
  responseCode: string;
  terminalId: string;
  merchantId: string;
  reference: string;
  originalReference: string;
  converted: string;
  rate: string;
  rateAt: string;
  markup: string;
  rounding: string;
  provider: string;
  currencyChosen: string;
  approvedOffline: string;
  notCharged: string;
  verifications: Readonly<Record<CardholderVerification, string>>;
  /** Below the line where the cardholder signs. */
  agreement: string;
  /** Below the line where the merchant signs a refund. */
  merchantSignature: string;
  keep: string;
  keepMerchant: string;
};

const ENGLISH: CardLabels = {
  slip: 'Card slip',
  transactions: { purchase: 'Purchase', refund: 'Refund', void: 'Void', cash: 'Cash withdrawal' },
  headings: { refund: 'REFUND', void: 'VOID', cash: 'WITHDRAWAL' },
  failed: { declined: 'DECLINED', cancelled: 'CANCELLED' },
  tip: 'Tip',
  total: 'Total',
  entry: 'Card read by',
  entryModes: {
    chip: 'Chip',
    contactless: 'Contactless',
    magstripe: 'Magnetic stripe',
    fallback: 'Magnetic stripe (chip not readable)',
    manual: 'Manual entry',
  },
  authorisationCode: 'Approval code',
  responseCode: 'Response code',
  terminalId: 'Terminal ID',
  merchantId: 'Merchant ID',
  reference: 'Reference',
  originalReference: 'Original',
  converted: 'Transaction amount',
  rate: 'Rate',
  rateAt: 'Rate of',
  markup: 'Mark-up in the rate',
  rounding: 'Rounding',
  provider: 'Rate from',
  currencyChosen: 'I was offered a choice of currencies and chose the transaction currency.',
  approvedOffline: 'Approved offline, not yet confirmed by the bank.',
  notCharged: 'The card was not charged.',
  verifications: {
    pin: 'PIN verified',
    signature: 'Verification by signature',
    pin_and_signature: 'PIN verified, and signature',
    device: 'Verified on the device of the customer',
    none: 'No cardholder verification',
  },
  agreement: 'I agree to pay the amount above.',
  merchantSignature: 'Signature of the merchant',
  keep: 'Please keep this copy for your records.',
  keepMerchant: 'To be kept by the store.',
};

const SWEDISH: CardLabels = {
  slip: 'Kortkvitto',
  transactions: { purchase: 'Köp', refund: 'Återbetalning', void: 'Makulering', cash: 'Kontantuttag' },
  headings: { refund: 'ÅTERBETALNING', void: 'MAKULERING', cash: 'KONTANTUTTAG' },
  failed: { declined: 'MEDGES EJ', cancelled: 'AVBRUTET' },
  tip: 'Dricks',
  total: 'Totalt',
  entry: 'Kortet läst med',
  entryModes: {
    chip: 'Chip',
    contactless: 'Kontaktlöst',
    magstripe: 'Magnetremsa',
    fallback: 'Magnetremsa (chipet oläsligt)',
    manual: 'Manuell inmatning',
  },
  authorisationCode: 'Kontrollnummer',
  responseCode: 'Svarskod',
  terminalId: 'Terminal-id',
  merchantId: 'Säljföretag',
  reference: 'Referens',
  originalReference: 'Ursprunglig',
  converted: 'Transaktionsbelopp',
  rate: 'Kurs',
  rateAt: 'Kurs från',
  markup: 'Påslag i kursen',
  rounding: 'Avrundning',
  provider: 'Kursen ges av',
  currencyChosen: 'Jag har fått välja valuta och har valt transaktionsvalutan.',
  approvedOffline: 'Godkänt offline, ännu inte bekräftat av banken.',
  notCharged: 'Kortet har inte debiterats.',
  verifications: {
    pin: 'PIN verifierad',
    signature: 'Verifiering med underskrift',
    pin_and_signature: 'PIN verifierad, och underskrift',
    device: 'Verifierat på kundens enhet',
    none: 'Ingen verifiering av kortinnehavaren',
  },
  agreement: 'Jag godkänner att betala beloppet ovan.',
  merchantSignature: 'Säljarens underskrift',
  keep: 'Spara detta exemplar.',
  keepMerchant: 'Sparas av butiken.',
};

const GERMAN: CardLabels = {
  slip: 'Kartenbeleg',
  transactions: { purchase: 'Zahlung', refund: 'Gutschrift', void: 'Storno', cash: 'Bargeldauszahlung' },
  headings: { refund: 'GUTSCHRIFT', void: 'STORNO', cash: 'AUSZAHLUNG' },
  failed: { declined: 'ABGELEHNT', cancelled: 'ABGEBROCHEN' },
  tip: 'Trinkgeld',
  total: 'Summe',
  entry: 'Karte gelesen',
  entryModes: {
    chip: 'Chip',
    contactless: 'Kontaktlos',
    magstripe: 'Magnetstreifen',
    fallback: 'Magnetstreifen (Chip nicht lesbar)',
    manual: 'Manuelle Eingabe',
  },
  authorisationCode: 'Genehmigung',
  responseCode: 'Antwortcode',
  terminalId: 'Terminal-ID',
  merchantId: 'VU-Nummer',
  reference: 'Referenz',
  originalReference: 'Ursprung',
  converted: 'Transaktionsbetrag',
  rate: 'Kurs',
  rateAt: 'Kurs vom',
  markup: 'Aufschlag im Kurs',
  rounding: 'Rundung',
  provider: 'Kurs von',
  currencyChosen: 'Ich konnte die Währung wählen und habe die Transaktionswährung gewählt.',
  approvedOffline: 'Offline genehmigt, von der Bank noch nicht bestätigt.',
  notCharged: 'Die Karte wurde nicht belastet.',
  verifications: {
    pin: 'PIN geprüft',
    signature: 'Prüfung durch Unterschrift',
    pin_and_signature: 'PIN geprüft, und Unterschrift',
    device: 'Auf dem Gerät des Kunden geprüft',
    none: 'Keine Prüfung des Karteninhabers',
  },
  agreement: 'Ich bin mit der Zahlung des obigen Betrags einverstanden.',
  merchantSignature: 'Unterschrift des Händlers',
  keep: 'Bitte diesen Beleg aufbewahren.',
  keepMerchant: 'Bleibt in der Filiale.',
};

const LABELS: Readonly<Record<ReceiptLanguage, CardLabels>> = { en: ENGLISH, sv: SWEDISH, de: GERMAN };

/** The words for a BCP 47 locale, by its language. */
export function cardLabels(locale: string): CardLabels {
  return LABELS[receiptLanguage(locale)];
}
