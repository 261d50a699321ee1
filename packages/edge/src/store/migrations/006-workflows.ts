/**
 * Workflows: definitions by the hash that names them, which of them new instances begin with, the instances with a line
 * of their timeline for each commit, and schedules. Ids and hashes are bytes. `ended_ms` is null while an instance is
 * open; `revision` counts its commits.
 */
export const sql = `
CREATE TABLE workflow_definition (
  hash          BLOB PRIMARY KEY,
  workflow_type TEXT NOT NULL,
  version       TEXT,
  canonical     TEXT NOT NULL,
  source        TEXT NOT NULL,
  added_ms      INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE workflow_current (
  workflow_type TEXT PRIMARY KEY,
  hash          BLOB NOT NULL REFERENCES workflow_definition (hash)
) WITHOUT ROWID;

CREATE TABLE workflow_instance (
  instance_no     INTEGER PRIMARY KEY,
  instance_id     BLOB NOT NULL UNIQUE,
  workflow_type   TEXT NOT NULL,
  definition_hash BLOB NOT NULL,
  business_key    TEXT,
  input_hash      BLOB NOT NULL,
  status          TEXT NOT NULL,
  step            TEXT NOT NULL,
  wake_ms         INTEGER,
  parent_id       BLOB,
  created_ms      INTEGER NOT NULL,
  updated_ms      INTEGER NOT NULL,
  ended_ms        INTEGER,
  revision        INTEGER NOT NULL,
  error           TEXT,
  body            TEXT NOT NULL
);
CREATE UNIQUE INDEX workflow_instance_key ON workflow_instance (workflow_type, business_key)
  WHERE business_key IS NOT NULL;
CREATE INDEX workflow_instance_wake ON workflow_instance (wake_ms) WHERE wake_ms IS NOT NULL;
CREATE INDEX workflow_instance_open ON workflow_instance (status, instance_id) WHERE ended_ms IS NULL;
CREATE INDEX workflow_instance_updated ON workflow_instance (updated_ms);

CREATE TABLE workflow_record (
  instance_no INTEGER NOT NULL,
  record_no   INTEGER NOT NULL,
  body        TEXT NOT NULL,
  PRIMARY KEY (instance_no, record_no)
) WITHOUT ROWID;

CREATE TABLE workflow_schedule (
  schedule      TEXT PRIMARY KEY,
  body          TEXT NOT NULL,
  next_ms       INTEGER,
  last_ms       INTEGER,
  last_instance BLOB,
  queue         TEXT NOT NULL
) WITHOUT ROWID;
`;
