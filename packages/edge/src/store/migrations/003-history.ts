/**
 * Lets an incarnation have more than one stream: what is pulled back from the hub after a restore stands in a stream of
 * its own, closed for 'repull' while pages are outstanding and for 'history' afterwards, beside the one that was cut
 * short. SQLite cannot drop a constraint, so the table is made anew.
 */
export const sql = `
CREATE TABLE stream_next (
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
  closed_why  TEXT
);
INSERT INTO stream_next SELECT * FROM stream;
DROP TABLE stream;
ALTER TABLE stream_next RENAME TO stream;

CREATE UNIQUE INDEX stream_own ON stream (incarnation, lane)
  WHERE closed_why IS NULL OR closed_why NOT IN ('repull', 'history');
CREATE UNIQUE INDEX stream_repull ON stream (incarnation, lane) WHERE closed_why = 'repull';
`;
