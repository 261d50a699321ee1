/**
 * Writes a backup: every table in one snapshot, streamed, compressed, synced. The folder it is written to is no backup
 * until its manifest is there, which is written last.
 */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Clock } from '@holdfast/base';
import { writeFileDurably } from '@holdfast/runtime';
import type { Pool, PoolClient } from 'pg';
import { SOFTWARE_VERSION } from '../api/version.ts';
import { readGeneration } from '../feed/generation.ts';
import { copyOut } from '../store/copy.ts';
import { versionOf } from '../store/migrate.ts';
import { transact } from '../store/transact.ts';
import { BACKUP_FORMAT, type BackupFile, MANIFEST_FILE, type Manifest, manifestText } from './manifest.ts';
import { createTally } from './measure.ts';
import { copyOutSql, readSequences, SETTINGS, type TableToCopy, tablesToCopy } from './tables.ts';

/** Numbers and hexadecimal digits shrink well at any level; the fastest costs the hub least. */
const GZIP_LEVEL = 1;

/** Told with each table that is about to be written. */
export type OnTable = (table: string, place: { number: number; of: number }) => void;

/**
 * Writes the database of `pool` into `folder`, which is empty, and returns the manifest. When it resolves, every file
 * is on the disk. Throws what PostgreSQL or the disk throw; then the folder is no backup.
 */
export async function writeBackup(input: {
  pool: Pool;
  folder: string;
  macKey: Uint8Array;
  clock: Clock;
  onTable?: OnTable;
}): Promise<Manifest> {
  const madeAt = new Date(input.clock.nowMs()).toISOString();
  const manifest = await transact(
    input.pool,
    async (client): Promise<Manifest> => ({
      format: BACKUP_FORMAT,
      made_at: madeAt,
      software_version: SOFTWARE_VERSION,
      generation: await readGeneration(client),
      schema_version: await versionOf(client),
      files: await writeTables(client, input),
      // Read last: numbers that are given out meanwhile are above those in the rows.
      sequences: await readSequences(client),
    }),
    'snapshot',
  );
  await writeFileDurably(join(input.folder, MANIFEST_FILE), manifestText(input.macKey, manifest));
  return manifest;
}

async function writeTables(
  client: PoolClient,
  { folder, onTable }: { folder: string; onTable?: OnTable },
): Promise<BackupFile[]> {
  await client.query(SETTINGS);
  const files: BackupFile[] = [];
  const tables = await tablesToCopy(client);
  for (const [index, table] of tables.entries()) {
    onTable?.(table.table, { number: index + 1, of: tables.length });
    files.push(await writeTable(client, { table, folder }));
  }
  return files;
}

async function writeTable(
  client: PoolClient,
  { table, folder }: { table: TableToCopy; folder: string },
): Promise<BackupFile> {
  const file = `${table.table}.copy.gz`;
  const content = createTally();
  const stored = createTally();
  await pipeline(
    copyOut(client, copyOutSql(table)),
    (source: AsyncIterable<Uint8Array>) => content.pass(source),
    createGzip({ level: GZIP_LEVEL }),
    (source: AsyncIterable<Uint8Array>) => stored.pass(source),
    createWriteStream(join(folder, file), { flags: 'wx', mode: 0o600, flush: true }),
  );
  return {
    file,
    table: table.table,
    columns: table.columns,
    rows: content.rows,
    bytes: stored.bytes,
    sha256: stored.sha256(),
    content_sha256: content.sha256(),
  };
}
