/** The words of a receipt in every language it is printed in. English is the language of all others. */
import type { ReceiptAudience } from './receipt-blocks.ts';

export type ReceiptLabels = {
  store: string;
  date: string;
  cashier: string;
  customer: string;
  receipt: string;
  total: string;
  cash: string;
  card: string;
  change: string;
  copy: string;
  audience: Readonly<Record<ReceiptAudience, string>>;
  /** In large type. */
  kinds: Readonly<Record<'refund' | 'void', string>>;
  /** Sentences, each on a line of its own. */
  offline: readonly string[];
  thanks: string;
};

const ENGLISH: ReceiptLabels = {
  store: 'Store',
  date: 'Date',
  cashier: 'Cashier',
  customer: 'Customer',
  receipt: 'Receipt',
  total: 'Total',
  cash: 'Cash',
  card: 'Card',
  change: 'Change',
  copy: 'COPY',
  audience: { customer: 'CUSTOMER COPY', merchant: 'MERCHANT COPY' },
  kinds: { refund: 'REFUND', void: 'VOID' },
  offline: ['Saved in the store.', 'Goes to the ledger when the connection is back.'],
  thanks: 'Thank you',
};

const SWEDISH: ReceiptLabels = {
  store: 'Butik',
  date: 'Datum',
  cashier: 'Kassör',
  customer: 'Kund',
  receipt: 'Kvitto',
  total: 'Totalt',
  cash: 'Kontant',
  card: 'Kort',
  change: 'Växel',
  copy: 'KOPIA',
  audience: { customer: 'KUNDENS EXEMPLAR', merchant: 'BUTIKENS EXEMPLAR' },
  kinds: { refund: 'ÅTERBETALNING', void: 'MAKULERING' },
  offline: ['Sparat i butiken.', 'Bokförs när förbindelsen är tillbaka.'],
  thanks: 'Tack',
};

const GERMAN: ReceiptLabels = {
  store: 'Filiale',
  date: 'Datum',
  cashier: 'Bedienung',
  customer: 'Kunde',
  receipt: 'Beleg',
  total: 'Summe',
  cash: 'Bar',
  card: 'Karte',
  change: 'Rückgeld',
  copy: 'KOPIE',
  audience: { customer: 'KUNDENBELEG', merchant: 'HÄNDLERBELEG' },
  kinds: { refund: 'GUTSCHRIFT', void: 'STORNO' },
  offline: ['In der Filiale gespeichert.', 'Wird gebucht, sobald die Verbindung zurück ist.'],
  thanks: 'Vielen Dank',
};

const LANGUAGES = ['en', 'sv', 'de'] as const;

/** The languages that receipts are printed in. */
export type ReceiptLanguage = (typeof LANGUAGES)[number];

const LABELS: Readonly<Record<ReceiptLanguage, ReceiptLabels>> = { en: ENGLISH, sv: SWEDISH, de: GERMAN };

/** The language of a receipt for a BCP 47 locale: its own, or English. */
export function receiptLanguage(locale: string): ReceiptLanguage {
  const language = locale.split('-', 1).join('').toLowerCase();
  return LANGUAGES.find((known) => known === language) ?? 'en';
}

/** The words for a BCP 47 locale, by its language. */
export function receiptLabels(locale: string): ReceiptLabels {
  return LABELS[receiptLanguage(locale)];
}
