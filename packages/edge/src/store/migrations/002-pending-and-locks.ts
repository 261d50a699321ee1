/** Finds what waits without reading the whole history, and keeps wrong PINs across a restart. */
export const sql = `
CREATE INDEX edge_transactions_pending ON edge_transactions (id) WHERE synced_at IS NULL;

CREATE TABLE pin_lock (
  staff_id     TEXT PRIMARY KEY,
  failures     INTEGER NOT NULL,
  locked_until INTEGER NOT NULL
) WITHOUT ROWID;
`;
