/**
 * What a backup says of itself: its files with their digests, and a MAC over all of it under the hub's own key. A
 * backup of another hub, or one that somebody changed, is told before a row of it is read.
 */
import { join } from 'node:path';
import { AppError } from '@holdfast/base';
import { canonicalJson, fromBase64Url, hmacSha256, sameBytes, toBase64Url } from '@holdfast/crypto';
import { z } from 'zod';
import { readPlainFile } from '../archive/plain-file.ts';
import { SCHEMA_VERSION } from '../store/migrations/index.ts';

export const MANIFEST_FILE = 'manifest.json';
/** The version of the format of a backup. */
export const BACKUP_FORMAT = 1;

/** Separates this use of the MAC key from every other. */
const CONTEXT = 'holdfast-backup-v1\n';

const MANIFEST_BYTES_MAX = 1_048_576;

const Name = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const BackupFile = z.object({
  file: z.string().regex(/^[a-z0-9_]+\.copy\.gz$/),
  table: Name,
  columns: z.array(Name).min(1),
  rows: z.number().int().min(0),
  /** Of the file, as it lies on the disk. */
  bytes: z.number().int().min(0),
  sha256: Sha256,
  /** Of the rows in it, as COPY gives them in the order of the primary key. */
  content_sha256: Sha256,
});
export type BackupFile = z.infer<typeof BackupFile>;

const Manifest = z.object({
  format: z.literal(BACKUP_FORMAT),
  made_at: z.iso.datetime(),
  software_version: z.string(),
  generation: z.string(),
  schema_version: z.number().int().min(1),
  files: z.array(BackupFile),
  /** The last value each sequence had given. */
  sequences: z.record(Name, z.string().regex(/^[0-9]{1,19}$/)),
});
export type Manifest = z.infer<typeof Manifest>;

const Signed = Manifest.extend({ mac: z.string() });

/** The text of the manifest's file. */
export function manifestText(macKey: Uint8Array, manifest: Manifest): string {
  const mac = toBase64Url(macOf(macKey, manifest));
  return `${JSON.stringify({ ...manifest, mac }, null, 2)}\n`;
}

/** The manifest of the backup in `folder`. Throws AppError `backup_damaged` or `store_too_new`. */
export async function readManifest(folder: string, macKey: Uint8Array): Promise<Manifest> {
  const path = join(folder, MANIFEST_FILE);
  const signed = Signed.safeParse(await readJson(path)).data;
  if (signed === undefined) {
    throw new AppError('backup_damaged', `${path} is not the manifest of a backup of a hub.`);
  }
  const { mac, ...manifest } = signed;
  const given = fromBase64Url(mac);
  if (given === undefined || !sameBytes(given, macOf(macKey, manifest))) {
    throw new AppError(
      'backup_damaged',
      `${path} was changed, or belongs to a hub with another mac-key than that of this data folder.`,
    );
  }
  if (manifest.schema_version > SCHEMA_VERSION) {
    throw new AppError(
      'store_too_new',
      `The backup has version ${manifest.schema_version}; this program knows ${SCHEMA_VERSION}.`,
    );
  }
  return manifest;
}

async function readJson(path: string): Promise<unknown> {
  try {
    // What is no file of a sane size has no text, and that is no JSON.
    const bytes = await readPlainFile(path, { bytesMax: MANIFEST_BYTES_MAX });
    return JSON.parse(bytes?.toString() ?? '');
  } catch (cause) {
    throw new AppError('backup_damaged', `There is no backup here: ${path} cannot be read.`, { cause });
  }
}

function macOf(macKey: Uint8Array, manifest: Manifest): Buffer {
  return hmacSha256(macKey, CONTEXT, canonicalJson(manifest));
}
