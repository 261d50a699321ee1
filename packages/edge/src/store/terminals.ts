/** Paired terminals, sessions of people at them, and locks after wrong PINs. */
import { LIMITS } from '@holdfast/base';
import type { Terminal } from '@holdfast/protocol';
import type { Db } from './open.ts';
import { opIdBytes } from './transactions.ts';

/** Who a bearer token stands for. */
export type TokenHolder =
  | { kind: 'terminal'; terminal_id: string }
  | { kind: 'staff'; terminal_id: string; staff_id: string };

/** The holder of a token by its hash; undefined when it is unknown, revoked or over. */
export function findTokenHolder(db: Db, tokenHash: string, nowMs: number): TokenHolder | undefined {
  const session = db
    .prepare(
      `SELECT s.terminal_id, s.staff_id FROM staff_session s JOIN terminal m ON m.terminal_id = s.terminal_id
       WHERE s.token_hash = ? AND s.expires_at > ? AND s.expires_at <= ? AND m.revoked_at IS NULL`,
    )
    // One that has longer left than any has was begun by a clock that was set back since.
    .get(tokenHash, nowMs, nowMs + LIMITS.staffSessionMs) as
    | { terminal_id: string; staff_id: string }
    | undefined; // Columns are the type's.
  if (session) return { kind: 'staff', ...session };
  const terminal = db
    .prepare('SELECT terminal_id FROM terminal WHERE token_hash = ? AND revoked_at IS NULL')
    .get(tokenHash) as { terminal_id: string } | undefined; // Columns are the type's.
  return terminal && { kind: 'terminal', ...terminal };
}

/** All terminals ever paired, newest first. */
export function listTerminals(db: Db): Terminal[] {
  const rows = db
    .prepare(
      'SELECT terminal_id, terminal_name, terminal_type, paired_at, revoked_at FROM terminal ORDER BY paired_at DESC',
    )
    .all() as {
    terminal_id: string;
    terminal_name: string;
    terminal_type: string;
    paired_at: number;
    revoked_at: number | null;
  }[]; // Columns are the type's.
  return rows.map((row) => ({
    ...row,
    paired_at: new Date(row.paired_at).toISOString(),
    revoked_at: row.revoked_at === null ? null : new Date(row.revoked_at).toISOString(),
  }));
}

/** Name of the terminal a transaction was made at, if it was made at one. */
export function findTerminalOf(db: Db, opId: string): string | undefined {
  const name = db
    .prepare(
      'SELECT m.terminal_name FROM edge_transactions t JOIN terminal m ON m.terminal_id = t.terminal_id WHERE t.op_id = ?',
    )
    .pluck()
    .get(opIdBytes(opId));
  return name === undefined ? undefined : String(name);
}
