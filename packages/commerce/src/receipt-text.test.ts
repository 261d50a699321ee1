import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth } from './display-text.ts';
import { receiptNaming, sampleReceipt } from './receipt-sample.ts';
import { receiptText } from './receipt-text.ts';

test('32 columns', () => {
  expect(receiptText(sampleReceipt({ offline: true }), 32)).toMatchInlineSnapshot(`
    "     Hamnens Café & Bageri
          Store S-001, Till 2
    --------------------------------
    Receipt                      #42
    Date           1 Feb 2026, 00:30
    Cashier                Åsa Öberg
    --------------------------------
    Kaffe, bryggd              64.00
      2 × 32.00
    Räksmörgås med extra
    dill & "majonnäs" på
    rågbröd                   129.00
    寿司セット 🍣          13,194.00
      12 × 1,099.50
    --------------------------------
    Total              SEK 13,387.00
    Cash                   14,000.00
    Change                    613.00
    --------------------------------
          Saved in the store.
        Goes to the ledger when
        the connection is back.
              7K3M-Q9TX-2B
          01935c2e-8f7a-7c31-
           9d0e-3b6f5a2c1d44
               Thank you
    "
  `);
});

test('42 columns, a copy in Swedish', () => {
  const doc = sampleReceipt({ locale: 'sv-SE', copy: 1, offline: true });
  expect(receiptText(doc, 42)).toMatchInlineSnapshot(`
    "          Hamnens Café & Bageri
               Butik S-001, Till 2
                     KOPIA 1
    ------------------------------------------
    Kvitto                                 #42
    Datum                    1 feb. 2026 00:30
    Kassör                           Åsa Öberg
    ------------------------------------------
    Kaffe, bryggd                        64,00
      2 × 32,00
    Räksmörgås med extra dill &
    "majonnäs" på rågbröd               129,00
    寿司セット 🍣                    13 194,00
      12 × 1 099,50
    ------------------------------------------
    Totalt                        13 387,00 kr
    Kontant                          14 000,00
    Växel                               613,00
    ------------------------------------------
                Sparat i butiken.
      Bokförs när förbindelsen är tillbaka.
                   7K3M-Q9TX-2B
       01935c2e-8f7a-7c31-9d0e-3b6f5a2c1d44
                       Tack
    "
  `);
});

test('48 columns, in German with a customer', () => {
  const doc = sampleReceipt({ locale: 'de-DE', customer_reference: 'Bestellung 2026/17' });
  expect(receiptText(doc, 48)).toMatchInlineSnapshot(`
    "             Hamnens Café & Bageri
                 Filiale S-001, Till 2
    ------------------------------------------------
    Beleg                                        #42
    Datum                          01.02.2026, 00:30
    Bedienung                              Åsa Öberg
    Kunde                         Bestellung 2026/17
    ------------------------------------------------
    Kaffe, bryggd                              64,00
      2 × 32,00
    Räksmörgås med extra dill & "majonnäs"
    på rågbröd                                129,00
    寿司セット 🍣                          13.194,00
      12 × 1.099,50
    ------------------------------------------------
    Summe                              13.387,00 SEK
    Bar                                    14.000,00
    Rückgeld                                  613,00
    ------------------------------------------------
                      7K3M-Q9TX-2B
          01935c2e-8f7a-7c31-9d0e-3b6f5a2c1d44
                      Vielen Dank
    "
  `);
});

test('a right side that leaves no room for the left goes below it', () => {
  const text = receiptText(sampleReceipt({ customer_reference: 'x'.repeat(40) }), 32);
  expect(text).toContain(`\nCustomer\n${'x'.repeat(32)}\n${' '.repeat(24)}${'x'.repeat(8)}\n`);
});

test('no line is wider than the paper, whatever the names are', () => {
  const names = fc.oneof(fc.string({ unit: 'binary', maxLength: 90 }), fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(names, fc.constantFrom(32 as const, 42 as const, 48 as const), (name, width) => {
      for (const line of receiptText(receiptNaming(name), width).split('\n')) {
        expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/\p{Cc}| $/u);
      }
    }),
    { numRuns: 300 },
  );
});
