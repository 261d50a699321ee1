/**
 * Loads a backup into an empty database, and compares what lies there afterwards with what the backup says: restoring
 * and trying a backup are this one piece of code.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { pipeline as finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AppError, type Clock } from '@holdfast/base';
import type { Pool, PoolClient } from 'pg';
import { sumsToZero } from '../ledger/sums-to-zero.ts';
import { copyIn, copyOut } from '../store/copy.ts';
import { postgresCodeOf } from '../store/map-postgres-error.ts';
import { migrate } from '../store/migrate.ts';
import { transact } from '../store/transact.ts';
import type { BackupFile, Manifest } from './manifest.ts';
import { createTally } from './measure.ts';
import { copyInSql, copyOutSql, SETTINGS, setSequences, tablesToCopy } from './tables.ts';
import type { OnTable } from './write-backup.ts';

/** What PostgreSQL says to rows that are none, that break a constraint, or that the ledger refuses. */
const REFUSALS = /^(22|23|42|HF)/;

/**
 * Makes the tables of the backup's version, fills them, compares them row for row, and brings them to the version of
 * this program. Throws AppError `backup_damaged`, naming the file, when anything differs.
 */
export async function loadBackup(input: {
  pool: Pool;
  folder: string;
  manifest: Manifest;
  clock: Clock;
  onTable?: OnTable;
}): Promise<void> {
  const { pool, folder, manifest, clock } = input;
  await migrate(pool, clock, { upTo: manifest.schema_version });
  for (const [index, file] of manifest.files.entries()) {
    input.onTable?.(file.table, { number: index + 1, of: manifest.files.length });
    await transact(pool, (client) => loadFile(client, { folder, file }));
  }
  await transact(pool, async (client) => {
    await setSequences(client, manifest.sequences);
    await client.query('ANALYZE');
  });
  await transact(pool, (client) => assertSame(client, manifest), 'snapshot');
  await migrate(pool, clock);
}

async function loadFile(
  client: PoolClient,
  { folder, file }: { folder: string; file: BackupFile },
): Promise<void> {
  await client.query(SETTINGS);
  const path = join(folder, file.file);
  await assertWritten(path, file);
  const stored = createTally();
  const gunzip = createGunzip();
  // Whoever reads the rows sees the error; one that comes when nobody reads any more is of no interest.
  gunzip.on('error', () => {});
  // Whatever fails on the way ends the last stream with its error, where it is read.
  pipeline(
    createReadStream(path),
    (source: AsyncIterable<Uint8Array>) => stored.pass(source),
    gunzip,
    () => {},
  );
  const unread: { reason?: unknown } = {};
  async function* rows(): AsyncGenerator<Uint8Array> {
    try {
      yield* gunzip;
    } catch (error) {
      unread.reason = error;
      throw error;
    }
  }
  try {
    await copyIn(client, copyInSql(file), rows());
  } catch (error) {
    if (unread.reason !== undefined) throw damaged(path, 'cannot be read to its end', error);
    if (REFUSALS.test(postgresCodeOf(error) ?? '')) throw damaged(path, 'does not fit its table', error);
    throw error;
  }
  if (stored.sha256() !== file.sha256) throw damaged(path, 'is not the file that was written');
}

/**
 * Before the server is given any of it: a small file can unpack to more than its disk holds, and a pipe never ends.
 * What passes later is measured again.
 */
async function assertWritten(path: string, { bytes, sha256 }: BackupFile): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw damaged(path, 'cannot be read to its end', error);
  });
  const isSame = found.isFile() && found.size === bytes && (await hashFile(path)) === sha256;
  if (!isSame) throw damaged(path, 'is not the file that was written');
}

async function hashFile(path: string): Promise<string> {
  const tally = createTally();
  await finished(createReadStream(path), (source: AsyncIterable<Uint8Array>) => tally.pass(source), drain);
  return tally.sha256();
}

/** What the tables hold is what was in them when the backup was made; and the ledger balances. */
async function assertSame(client: PoolClient, manifest: Manifest): Promise<void> {
  await client.query(SETTINGS);
  const tables = await tablesToCopy(client);
  for (const file of manifest.files) {
    const table = tables.find((each) => each.table === file.table);
    if (table === undefined) throw damaged(file.file, 'is of a table that this version does not have');
    const content = createTally();
    await finished(
      copyOut(client, copyOutSql(table)),
      (source: AsyncIterable<Uint8Array>) => content.pass(source),
      drain,
    );
    if (content.rows !== file.rows || content.sha256() !== file.content_sha256)
      throw damaged(file.file, 'holds other rows than were written');
  }
  if (!(await sumsToZero(client))) throw damaged('posting.copy.gz', 'holds postings that do not sum to zero');
}

async function drain(source: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of source);
}

function damaged(path: string, what: string, cause?: unknown): AppError {
  return new AppError('backup_damaged', `${path} ${what}.`, cause === undefined ? {} : { cause });
}
