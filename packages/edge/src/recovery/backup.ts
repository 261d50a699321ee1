/**
 * Backups of an edge: a copy of the store under the same key and a manifest beside it. A copy is walked from end to end
 * before it gets its name, so that what is listed can be restored.
 */
import { existsSync, lstatSync, readdirSync, rmSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, isAppError, type Ports, toHex } from '@holdfast/base';
import { ensureFolder, syncFolder, writeFileDurably } from '@holdfast/runtime';
import type { EdgeOptions } from '../config/options.ts';
import { SOFTWARE_VERSION } from '../context.ts';
import { storeKey } from '../init.ts';
import { pathsOf } from '../paths.ts';
import type { StoreKey } from '../store/open.ts';
import { copyStore, storeKeyId } from './copy-store.ts';
import { BACKUP_FORMAT, type BackupManifest, hashFile, manifestPath, readManifest } from './manifest.ts';
import { hasDatabase, storeMissing } from './settle.ts';
import { walkCopy } from './walk-copy.ts';

/** A backup that stands, and what its manifest says. */
export type Backup = { file: string; manifest: BackupManifest };

/** A backup under way; nobody lists it, and it goes when it is this old. */
const UNFINISHED = /^\.edge-[\w-]+\.part(-journal)?$/;
const UNFINISHED_MS = 86_400_000;

/**
 * Makes a backup in `folder`, the edge running or not, and tests that it can be restored. When it resolves, the backup
 * and its manifest are on the disk. With `keep`, older ones beyond so many are deleted afterwards.
 */
export async function backupEdge(input: {
  options: EdgeOptions;
  ports: Pick<Ports, 'clock' | 'random'>;
  folder?: string | undefined;
  keep?: number | undefined;
}): Promise<Backup & { keyFile: string; deleted: string[] }> {
  const { options, ports, keep } = input;
  const paths = pathsOf(options);
  const store = storeKey(paths, options);
  if (!hasDatabase(paths)) throw storeMissing(paths);
  const folder = input.folder ?? paths.backups;
  await ensureFolder(folder);
  removeUnfinished(folder, ports.clock.nowMs());
  const name = `edge-${new Date(ports.clock.nowMs()).toISOString().replaceAll(/[:.]/g, '-')}`;
  const part = join(folder, `.${name}-${toHex(ports.random.bytes(4))}.part`);
  const file = join(folder, `${name}.db`);
  try {
    await copyStore(store, part, options.freeBytesMin + options.reserveBytes);
    const manifest = await tryCopy(part, { store, madeAtMs: ports.clock.nowMs() });
    await rename(part, file);
    await writeFileDurably(manifestPath(file), `${JSON.stringify(manifest, null, 2)}\n`);
    await syncFolder(folder);
    const deleted = keep === undefined ? [] : await deleteBeyond(folder, keep);
    return { file, manifest, keyFile: paths.key, deleted };
  } finally {
    store.key.fill(0);
    await rm(part, { force: true });
  }
}

/** The backups in a folder, newest first. A file without a manifest that can be read is none. */
export function listBackups(folder: string): Backup[] {
  if (!existsSync(folder)) return [];
  const backups = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.db'))
    .flatMap(({ name }): Backup[] => {
      const file = join(folder, name);
      const manifest = manifestOf(file);
      return manifest ? [{ file, manifest }] : [];
    });
  return backups.sort((a, b) => (a.manifest.made_at < b.manifest.made_at ? 1 : -1));
}

/** A manifest that cannot be understood hides its own backup, and not the others. */
function manifestOf(file: string): BackupManifest | undefined {
  try {
    return readManifest(file);
  } catch (error) {
    if (isAppError(error, 'backup_damaged')) return undefined;
    throw error;
  }
}

/** Opens the copy as a restore would, walks it, and says what it is. */
async function tryCopy(part: string, of: { store: StoreKey; madeAtMs: number }): Promise<BackupManifest> {
  const refusal = (reason: string) =>
    new AppError(
      'backup_damaged',
      `The store could be copied and not walked: ${reason}. No backup was made; keep the store as it is.`,
    );
  const summary = walkCopy({ ...of.store, path: part }, refusal);
  const { streams, entries, transactions, db_id, device_id, incarnation } = summary;
  return {
    format: BACKUP_FORMAT,
    kind: 'edge',
    made_at: new Date(of.madeAtMs).toISOString(),
    software_version: SOFTWARE_VERSION,
    sqlite_version: summary.sqlite_version,
    schema_version: summary.schema_version,
    cipher: of.store.cipher,
    key_id: storeKeyId(of.store.key),
    ...{ db_id, device_id, incarnation, streams, entries, transactions },
    bytes: statSync(part).size,
    sha256: await hashFile(part),
  };
}

async function deleteBeyond(folder: string, keep: number): Promise<string[]> {
  const surplus = listBackups(folder).slice(keep);
  for (const { file } of surplus) {
    // The manifest first: what has none is no backup.
    await rm(manifestPath(file));
    await rm(file);
  }
  if (surplus.length > 0) await syncFolder(folder);
  return surplus.map(({ file }) => file);
}

function removeUnfinished(folder: string, nowMs: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (UNFINISHED.test(name) && nowMs - lstatSync(path).mtimeMs > UNFINISHED_MS)
      rmSync(path, { force: true });
  }
}
