/** The words of a receipt in every language it is printed in. English is the language of all others. */

export type ReceiptLabels = {
  store: string;
  date: string;
  cashier: string;
  customer: string;
  receipt: string;
  total: string;
  cash: string;
  change: string;
  copy: string;
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
  change: 'Change',
  copy: 'COPY',
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
  change: 'Växel',
  copy: 'KOPIA',
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
  change: 'Rückgeld',
  copy: 'KOPIE',
  offline: ['In der Filiale gespeichert.', 'Wird gebucht, sobald die Verbindung zurück ist.'],
  thanks: 'Vielen Dank',
};

const LANGUAGES: ReadonlyMap<string, ReceiptLabels> = new Map([
  ['en', ENGLISH],
  ['sv', SWEDISH],
  ['de', GERMAN],
]);

/** The words for a BCP 47 locale, by its language. */
export function receiptLabels(locale: string): ReceiptLabels {
  return LANGUAGES.get(locale.split('-', 1).join('').toLowerCase()) ?? ENGLISH;
}
