/**
 * What was pruned: the chain of a stream goes on after `pruned_seq`, whose hash is `pruned_hash`; 0 and 32 zero bytes
 * while nothing was. Rows of `edge_transactions` outlive their entries, so that a repeated key finds its answer.
 */
export const sql = `
ALTER TABLE stream ADD COLUMN pruned_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN pruned_hash BLOB NOT NULL
  DEFAULT X'0000000000000000000000000000000000000000000000000000000000000000';
`;
