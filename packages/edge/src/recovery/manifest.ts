/** What lies beside a backup and says what it is; the backup counts once this is there. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { AppError } from '@holdfast/base';
import { z } from 'zod';
import { CIPHERS } from '../store/open.ts';

/** The version of the format of a backup. */
export const BACKUP_FORMAT = 1;

const MANIFEST_BYTES_MAX = 1_048_576;

const StreamMark = z.object({
  device_id: z.string(),
  incarnation: z.string(),
  lane: z.string(),
  tip_seq: z.number().int(),
  tip_hash: z.string(),
  acked_seq: z.number().int(),
  safe_seq: z.number().int(),
  pruned_seq: z.number().int(),
  is_open: z.boolean(),
});

/** What is written beside a backup; names and values as they stand in the file. */
export const BackupManifest = z.object({
  format: z.literal(BACKUP_FORMAT),
  kind: z.literal('edge'),
  made_at: z.iso.datetime(),
  software_version: z.string(),
  sqlite_version: z.string(),
  schema_version: z.number().int(),
  cipher: z.enum(CIPHERS),
  /** Of the key that opens it; the key itself is in no backup. */
  key_id: z.string(),
  db_id: z.string(),
  device_id: z.string(),
  incarnation: z.string(),
  streams: z.array(StreamMark),
  entries: z.number().int(),
  transactions: z.number().int(),
  bytes: z.number().int(),
  /** Of the file, in hexadecimal. */
  sha256: z.string(),
});
export type BackupManifest = z.infer<typeof BackupManifest>;

/** Where the manifest of a backup lies. */
export function manifestPath(file: string): string {
  return `${file.replace(/\.db$/, '')}.json`;
}

/** The manifest beside a backup; undefined when there is none. Throws `backup_damaged` when it cannot be understood. */
export function readManifest(file: string): BackupManifest | undefined {
  const path = manifestPath(file);
  if (path === file || !existsSync(path)) return undefined;
  const found = statSync(path);
  // Others may write where backups are kept: what is no file of a sane size is not read.
  const isSane = found.isFile() && found.size <= MANIFEST_BYTES_MAX;
  const parsed = BackupManifest.safeParse(isSane ? parseJson(readFileSync(path, 'utf8')) : undefined);
  if (!parsed.success)
    throw new AppError('backup_damaged', `${path} is not the manifest of a backup of an edge`);
  return parsed.data;
}

/** SHA-256 of a file, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON is an answer here: the manifest is refused.
  }
}
