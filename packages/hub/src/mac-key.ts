/**
 * Which MAC key a database belongs to. Acks, cursors and the archive of a hub hang on that key; with another one it would
 * forget what it has acked, and split its archive in two that no restore can read together.
 */
import { AppError } from '@holdfast/base';
import { hmacSha256, toBase64Url } from '@holdfast/crypto';
import type { Pool } from 'pg';

/** Tells this MAC from those of the records; it says nothing of the key. */
const CONTEXT = 'holdfast-mac-key-v1\n';

/** Notes the key in a database that knows none. Throws AppError `key_wrong` when it knows another one. */
export async function ensureMacKey(pool: Pool, macKey: Uint8Array): Promise<void> {
  const mark = toBase64Url(hmacSha256(macKey, CONTEXT));
  await pool.query("INSERT INTO hub_meta VALUES ('mac_key', $1) ON CONFLICT DO NOTHING", [mark]);
  const { rows } = await pool.query<{ value: string }>("SELECT value FROM hub_meta WHERE key = 'mac_key'");
  if (rows[0]?.value !== mark)
    throw new AppError(
      'key_wrong',
      'The file mac-key in the data folder is not the one that this database was written with.',
    );
}
