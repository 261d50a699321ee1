/**
 * What each card paid here last, against sales that are split to stay below the floor limit, and how many payments it has
 * made since. A card is known by a keyed token of its number and by nothing else.
 */
export const sql = `
CREATE TABLE card_payment (
  token        TEXT NOT NULL,
  currency     TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  payments     INTEGER NOT NULL,
  paid_ms      INTEGER NOT NULL,
  PRIMARY KEY (token, currency)
) WITHOUT ROWID;
CREATE INDEX card_payment_paid ON card_payment (paid_ms);
`;
