/** Enrolment, the feed's contents, terminals, people at terminals. */
import { AppError, LIMITS } from '@holdfast/base';
import { generateSigningKey, importSigningKey } from '@holdfast/crypto';
import { CatalogueItem, type FeedChange, type PairAnswer, StaffMember } from '@holdfast/protocol';
import { readEnrolment } from '../../store/enrolment.ts';
import { addFormerKey, readMeta, readMetaBytes, writeMeta } from '../../store/meta.ts';
import { allStreams, type StreamRow } from '../../store/streams.ts';
import type {
  AttentionCommand,
  EndSessionCommand,
  EnrolCommand,
  FeedCommand,
  LinkModeCommand,
  NextKeyCommand,
  PairCommand,
  PairingCodeCommand,
  PinCommand,
  PinResult,
  Results,
  RevokeTerminalCommand,
  SessionCommand,
} from '../commands.ts';
import type { Transaction } from '../transaction.ts';
import { beginIncarnation, HUB_LOST, rewrapStream } from './sync.ts';

/**
 * Adopts the identity the hub gave. Entries name their device, so what was sold before is wrapped again under the new
 * name; what an earlier identity had acked stays where it is, unless the same hub has lost it, or might: of its former
 * streams no hub tells a device any more, so all that is not safe goes to the same hub again.
 */
export function enrol(tx: Transaction, command: EnrolCommand): Results['enrol'] {
  const { answer } = command;
  const hub = judgeHub(tx, command);
  writeMeta(tx.db, 'enrolment', JSON.stringify({ ...answer, hub_url: command.hub_url }));
  writeMeta(tx.db, 'attention', null);
  writeMeta(tx.db, 'shared_identity', null);
  adoptNextKey(tx);
  writeMeta(tx.db, 'generation', answer.generation);
  writeMeta(tx.db, 'feed_cursor', null);
  if (answer.device_id === tx.state.deviceId) {
    tx.reload();
    return { rewrapped: 0 };
  }
  const old = allStreams(tx.db);
  writeMeta(tx.db, 'device_id', answer.device_id);
  beginIncarnation(tx, { deviceId: answer.device_id, why: 'enrolled' });
  let rewrapped = 0;
  for (const stream of old) rewrapped += rewrapStream(tx, stream, lostFrom(stream, hub)).rewrapped;
  if (hub === 'forgetful' && old.some((stream) => stream.pruned_seq > 0))
    writeMeta(tx.db, 'attention', HUB_LOST);
  return { rewrapped };
}

/** The first entry of a stream that the hub may lack. */
function lostFrom(stream: StreamRow, hub: 'same' | 'forgetful' | 'other'): number {
  if (hub === 'forgetful') return 1;
  if (hub === 'same') return stream.safe_seq + 1;
  return stream.closed_at === null ? stream.acked_seq + 1 : stream.tip_seq + 1;
}

/**
 * `forgetful`: the hub that this device was enrolled with takes it in under another generation; its database is another
 * one, and may lack whatever it had acked. It is known by its root key; one that lost that too, by its address and by
 * the store it has this device in. To any `other` hub old sales are nobody's business.
 */
function judgeHub(
  tx: Transaction,
  { answer, hub_url: hubUrl }: EnrolCommand,
): 'same' | 'forgetful' | 'other' {
  const before = readEnrolment(tx.db);
  const isSame =
    before?.root_key.public_key === answer.root_key.public_key ||
    (before?.hub_url === hubUrl && before.store_id === answer.store_id);
  if (!isSame) return 'other';
  return readMeta(tx.db, 'generation') === answer.generation ? 'same' : 'forgetful';
}

/** Makes a key for the next enrolment unless there is one: a repeat after a lost answer must show the same key. */
export function makeNextKey(tx: Transaction, command: NextKeyCommand): null {
  const made = readMetaBytes(tx.db, 'next_device_key');
  if (made && importSigningKey(made).keyId !== command.instead_of) return null;
  const pkcs8 = generateSigningKey(tx.ports.random).exportPkcs8();
  writeMeta(tx.db, 'next_device_key', pkcs8);
  pkcs8.fill(0);
  return null;
}

function adoptNextKey(tx: Transaction): void {
  const pkcs8 = readMetaBytes(tx.db, 'next_device_key');
  if (!pkcs8) return;
  addFormerKey(tx.db, tx.state.key.publicKey);
  writeMeta(tx.db, 'device_key', pkcs8);
  writeMeta(tx.db, 'next_device_key', null);
  tx.state.key = importSigningKey(pkcs8);
  pkcs8.fill(0);
}

/** Applies a page of the feed and its cursor, both or neither. A change this version does not know is passed over. */
export function applyFeed(tx: Transaction, { page }: FeedCommand): Results['feed'] {
  const before = Number(readMeta(tx.db, 'feed_snapshot') ?? 0);
  const snapshot = page.reset ? before + 1 : before;
  writeMeta(tx.db, 'feed_snapshot', String(snapshot));
  let applied = 0;
  for (const change of page.changes) if (applyChange(tx, change, snapshot)) applied += 1;
  // What a snapshot does not bring is gone; until its last page the store sells with what it had.
  if (!page.more) sweepFeed(tx, snapshot);
  writeMeta(tx.db, 'generation', page.generation);
  writeMeta(tx.db, 'feed_cursor', page.cursor);
  writeMeta(tx.db, 'feed_applied_at', String(tx.nowMs));
  if (applied > 0 || page.reset) tx.reload();
  return { applied };
}

function sweepFeed(tx: Transaction, snapshot: number): void {
  for (const table of ['catalogue_item', 'staff'])
    tx.db.prepare(`DELETE FROM ${table} WHERE snapshot < ?`).run(snapshot);
  // Whoever may no longer sign in does not stay signed in either.
  tx.db.prepare('DELETE FROM staff_session WHERE staff_id NOT IN (SELECT staff_id FROM staff)').run();
}

const COLLECTIONS = {
  catalogue: { table: 'catalogue_item', key: 'sku', schema: CatalogueItem },
  staff: { table: 'staff', key: 'staff_id', schema: StaffMember },
} as const;

function applyChange(tx: Transaction, change: FeedChange, snapshot: number): boolean {
  if (change.collection !== 'catalogue' && change.collection !== 'staff') return false;
  const { table, key, schema } = COLLECTIONS[change.collection];
  if (change.value === null) {
    tx.db.prepare(`DELETE FROM ${table} WHERE scope = ? AND ${key} = ?`).run(change.scope, change.key);
    return true;
  }
  const parsed = schema.safeParse(change.value);
  if (!parsed.success) return false;
  tx.db
    .prepare(
      `INSERT INTO ${table} (scope, ${key}, value, snapshot) VALUES (?, ?, ?, ?)
       ON CONFLICT (scope, ${key}) DO UPDATE SET value = excluded.value, snapshot = excluded.snapshot`,
    )
    .run(change.scope, change.key, JSON.stringify(parsed.data), snapshot);
  return true;
}

export function addPairingCode(tx: Transaction, command: PairingCodeCommand): null {
  tx.db.prepare('DELETE FROM pairing_code WHERE expires_at <= ?').run(tx.nowMs);
  tx.db
    .prepare('INSERT INTO pairing_code (code_hash, expires_at) VALUES (?, ?)')
    .run(command.code_hash, command.expires_at);
  return null;
}

/** Uses a pairing code up and registers the terminal. */
export function pair(tx: Transaction, command: PairCommand): PairAnswer {
  const used = tx.db
    // One that has longer left than any has was made by a clock that was set back since.
    .prepare('DELETE FROM pairing_code WHERE code_hash = ? AND expires_at > ? AND expires_at <= ?')
    .run(command.code_hash, tx.nowMs, tx.nowMs + LIMITS.pairingCodeMs);
  if (used.changes === 0) throw new AppError('invalid_pairing_code');
  tx.db
    .prepare(
      'INSERT INTO terminal (terminal_id, terminal_name, terminal_type, token_hash, paired_at) VALUES (?, ?, ?, ?, ?)',
    )
    .run(command.terminal_id, command.terminal_name, command.terminal_type, command.token_hash, tx.nowMs);
  return { terminal_id: command.terminal_id, terminal_name: command.terminal_name, token: command.token };
}

/** Ends a terminal's pairing and every session at it. */
export function revokeTerminal(
  tx: Transaction,
  { terminal_id }: RevokeTerminalCommand,
): Results['revoke_terminal'] {
  tx.db.prepare('DELETE FROM staff_session WHERE terminal_id = ?').run(terminal_id);
  const revoked = tx.db
    .prepare('UPDATE terminal SET revoked_at = ? WHERE terminal_id = ? AND revoked_at IS NULL')
    .run(tx.nowMs, terminal_id);
  return { revoked: revoked.changes > 0 };
}

/** Signs a person in at a terminal; who was signed in there is signed out. */
export function startSession(tx: Transaction, command: SessionCommand): null {
  const terminal = tx.db
    .prepare('SELECT 1 FROM terminal WHERE terminal_id = ? AND revoked_at IS NULL')
    .pluck()
    .get(command.terminal_id);
  if (terminal === undefined) throw new AppError('unauthenticated', 'This terminal was revoked');
  tx.db
    .prepare('DELETE FROM staff_session WHERE terminal_id = ? OR expires_at <= ?')
    .run(command.terminal_id, tx.nowMs);
  tx.db
    .prepare(
      'INSERT INTO staff_session (token_hash, terminal_id, staff_id, started_at, expires_at) VALUES (?, ?, ?, ?, ?)',
    )
    .run(command.token_hash, command.terminal_id, command.staff_id, tx.nowMs, command.expires_at);
  return null;
}

export function endSession(tx: Transaction, { token_hash }: EndSessionCommand): null {
  tx.db.prepare('DELETE FROM staff_session WHERE token_hash = ?').run(token_hash);
  return null;
}

/**
 * Counts a try before its PIN is looked at, so that tries at the same time count as well; a right PIN forgives. After
 * `LIMITS.pinTries` tries the person is locked, each further one doubles the time, and no try is granted meanwhile.
 */
export function countPin(tx: Transaction, { staff_id, right }: PinCommand): PinResult {
  if (right) {
    tx.db.prepare('DELETE FROM pin_lock WHERE staff_id = ?').run(staff_id);
    return { granted: true, tries_left: LIMITS.pinTries, locked_until: 0 };
  }
  const before = tx.db
    .prepare('SELECT failures, locked_until FROM pin_lock WHERE staff_id = ?')
    .get(staff_id) as { failures: number; locked_until: number } | undefined; // The columns asked for.
  if (before && before.locked_until > tx.nowMs) {
    // Should the clock have been set back, the lock begins again: it does not last for years.
    const lockedUntil = Math.min(before.locked_until, tx.nowMs + pinLockMs(before.failures));
    tx.db.prepare('UPDATE pin_lock SET locked_until = ? WHERE staff_id = ?').run(lockedUntil, staff_id);
    return { granted: false, tries_left: 0, locked_until: lockedUntil };
  }
  const failures = (before?.failures ?? 0) + 1;
  const lockMs = pinLockMs(failures);
  const lockedUntil = lockMs === 0 ? 0 : tx.nowMs + lockMs;
  tx.db
    .prepare(
      'INSERT INTO pin_lock (staff_id, failures, locked_until) VALUES (?, ?, ?) ON CONFLICT (staff_id) DO UPDATE SET failures = excluded.failures, locked_until = excluded.locked_until',
    )
    .run(staff_id, failures, lockedUntil);
  return { granted: true, tries_left: Math.max(0, LIMITS.pinTries - failures), locked_until: lockedUntil };
}

function pinLockMs(failures: number): number {
  const over = failures - LIMITS.pinTries;
  return over < 0 ? 0 : Math.min(LIMITS.pinLockMaxMs, LIMITS.pinLockMs * 2 ** Math.min(over, 20));
}

/** Remembers the drill across a restart. */
export function setLinkMode(tx: Transaction, command: LinkModeCommand): null {
  writeMeta(
    tx.db,
    'link_mode',
    command.mode === 'auto' ? null : JSON.stringify({ mode: command.mode, until: command.until }),
  );
  return null;
}

export function setAttention(tx: Transaction, { text }: AttentionCommand): null {
  writeMeta(tx.db, 'attention', text);
  return null;
}
