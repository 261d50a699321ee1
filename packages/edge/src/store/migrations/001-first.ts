/** The first schema: streams with their entries and seals, transactions, what the feed brought, terminals and people. */
export const sql = `
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;

-- One chained lane of one incarnation. Only the open ones (closed_at IS NULL) take entries.
CREATE TABLE stream (
  stream_no   INTEGER PRIMARY KEY,
  device_id   TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  lane        TEXT NOT NULL,
  tip_seq     INTEGER NOT NULL,
  tip_hash    BLOB NOT NULL,
  acked_seq   INTEGER NOT NULL,
  acked_hash  BLOB NOT NULL,
  safe_seq    INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  last_ack    TEXT,
  last_ack_at INTEGER,
  opened_at   INTEGER NOT NULL,
  closed_at   INTEGER,
  closed_why  TEXT,
  UNIQUE (incarnation, lane)
);

-- entry_id is stream_no * 2^40 + seq: entries of a stream lie side by side, in order.
CREATE TABLE entry (
  entry_id INTEGER PRIMARY KEY,
  header   TEXT NOT NULL,
  body     TEXT,
  hash     BLOB NOT NULL
);

CREATE TABLE seal (
  entry_id  INTEGER PRIMARY KEY,
  statement TEXT NOT NULL,
  signature TEXT NOT NULL
);

-- id is the entry_id of the entry that holds the operation now.
CREATE TABLE edge_transactions (
  id                 INTEGER PRIMARY KEY,
  op_id              BLOB NOT NULL UNIQUE,
  request_hash       BLOB NOT NULL,
  store_id           TEXT NOT NULL,
  cashier_id         TEXT NOT NULL,
  customer_reference TEXT,
  amount_minor       INTEGER NOT NULL,
  change_minor       INTEGER NOT NULL,
  currency           TEXT NOT NULL,
  receipt_code       TEXT NOT NULL,
  flags              TEXT NOT NULL,
  terminal_id        TEXT,
  created_at         INTEGER NOT NULL,
  synced_at          INTEGER
);

CREATE TABLE catalogue_item (
  scope TEXT NOT NULL,
  sku   TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (scope, sku)
) WITHOUT ROWID;

CREATE TABLE staff (
  scope    TEXT NOT NULL,
  staff_id TEXT NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (scope, staff_id)
) WITHOUT ROWID;

CREATE TABLE terminal (
  terminal_id   TEXT PRIMARY KEY,
  terminal_name TEXT NOT NULL,
  terminal_type TEXT NOT NULL,
  token_hash    TEXT NOT NULL UNIQUE,
  paired_at     INTEGER NOT NULL,
  revoked_at    INTEGER
) WITHOUT ROWID;

CREATE TABLE pairing_code (
  code_hash  TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE staff_session (
  token_hash  TEXT PRIMARY KEY,
  terminal_id TEXT NOT NULL REFERENCES terminal (terminal_id),
  staff_id    TEXT NOT NULL,
  started_at  INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL
) WITHOUT ROWID;
`;
