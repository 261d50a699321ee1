/** Single values of the store: who this device is, and what it remembers between runs. */
import type { Db } from './open.ts';

/** Keys of the `meta` table; values are text, except the two keys (PKCS #8). */
export type MetaKey =
  | 'db_id'
  | 'device_id'
  | 'device_key'
  | 'next_device_key'
  | 'former_keys'
  | 'shared_identity'
  | 'enrolment'
  | 'generation'
  | 'feed_cursor'
  | 'feed_applied_at'
  | 'feed_snapshot'
  | 'starts'
  | 'restored'
  | 'attention'
  | 'link_mode';

/** Reads a text value. */
export function readMeta(db: Db, key: MetaKey): string | undefined {
  const value = db.prepare('SELECT value FROM meta WHERE key = ?').pluck().get(key);
  return value === undefined ? undefined : String(value);
}

/** Reads a value of bytes. */
export function readMetaBytes(db: Db, key: MetaKey): Buffer | undefined {
  const value = db.prepare('SELECT value FROM meta WHERE key = ?').pluck().get(key);
  return Buffer.isBuffer(value) ? value : undefined;
}

/** Writes or, with null, removes a value; inside the caller's transaction. */
export function writeMeta(db: Db, key: MetaKey, value: string | Buffer | null): void {
  if (value === null) db.prepare('DELETE FROM meta WHERE key = ?').run(key);
  else
    db.prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ).run(key, value);
}

/** True while another device shows the identity of this one: it must enrol again before the hub hears of it. */
export function isIdentityShared(db: Db): boolean {
  return readMeta(db, 'shared_identity') !== undefined;
}

/** The public halves of the keys this device had before, oldest first: what they sealed is still in the journal. */
export function readFormerKeys(db: Db): Buffer[] {
  const text = readMeta(db, 'former_keys');
  const keys: string[] = text === undefined ? [] : JSON.parse(text);
  return keys.map((key) => Buffer.from(key, 'base64url'));
}

/** Remembers the public half of a key that is about to be replaced; inside the caller's transaction. */
export function addFormerKey(db: Db, publicKey: Uint8Array): void {
  const keys = [...readFormerKeys(db), Buffer.from(publicKey)].map((key) => key.toString('base64url'));
  writeMeta(db, 'former_keys', JSON.stringify(keys));
}
