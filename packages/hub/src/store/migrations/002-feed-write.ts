/** The history of the feed as a chain of hashes: tells a reader of a database that was put back from one of this. */
export const FEED_WRITE = `
CREATE TABLE feed_write (
  tenant_id uuid NOT NULL,
  scope text NOT NULL,
  -- The version that the write reached; it covers all from the one before.
  version bigint NOT NULL,
  -- Of everything written to the scope up to there.
  hash bytea NOT NULL,
  PRIMARY KEY (tenant_id, scope, version)
);
`;
