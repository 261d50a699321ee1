/**
 * The archive as a folder, best on a disk of its own: one file a segment,
 * `<tenant>/<device>/<incarnation>-<lane>/<first>-<last>.ndjson`. A file is written and synced under another name first;
 * under its own it is always whole.
 */
import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@holdfast/base';
import { ensureFolder } from '@holdfast/runtime';
import type { Archive, Segment, StagedSegment } from './archive.ts';

const STAGING = 'staging';
/** Nothing is staged for that long: what is older was left by a hub that was killed. */
const LEFT_BEHIND_MS = 3_600_000;

/** An archive in `folder`, which is made when the first segment comes. */
export function openFolderArchive({ folder }: { folder: string }): Archive {
  return {
    async stage(segment) {
      const staging = join(folder, STAGING);
      await ensureFolder(staging);
      const path = join(staging, `${randomUUID()}.ndjson`);
      try {
        await writeSynced(path, [Buffer.from(headOf(segment)), segment.lines]);
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
      return staged({ folder, path, segment });
    },
  };
}

/** Removes what killed hubs left in the staging folder. Call it at start. */
export async function sweepStaging({ folder, clock }: { folder: string; clock: Clock }): Promise<void> {
  const staging = join(folder, STAGING);
  await ensureFolder(staging);
  for (const name of await readdir(staging)) {
    const path = join(staging, name);
    if ((await stat(path)).mtimeMs < clock.nowMs() - LEFT_BEHIND_MS) await rm(path, { force: true });
  }
}

/** The file of a segment within the archive's folder, and the folders above it from the top. */
function placeOf(segment: Segment): { folders: string[]; name: string } {
  const last = segment.first_seq + segment.count - 1;
  return {
    folders: [segment.tenant_id, segment.device_id, `${segment.incarnation}-${segment.lane}`],
    name: `${segment.first_seq}-${last}.ndjson`,
  };
}

function staged({
  folder,
  path,
  segment,
}: {
  folder: string;
  path: string;
  segment: Segment;
}): StagedSegment {
  let isPublished = false;
  return {
    async publish() {
      if (isPublished) return;
      const { folders, name } = placeOf(segment);
      let target = folder;
      for (const each of folders) {
        target = join(target, each);
        // One level at a time: each new name is brought to the disk.
        await ensureFolder(target);
      }
      await rename(path, join(target, name));
      await syncFolder(target);
      isPublished = true;
    },
    async discard() {
      await rm(path, { force: true }).catch(() => {}); // Swept up at the next start.
    },
  };
}

/** The first line of a file: where its entries belong, for a reader that has nothing else. */
function headOf(segment: Segment): string {
  const { lines, ...head } = segment;
  return `${JSON.stringify({ v: 1, ...head, bytes: lines.length })}\n`;
}

async function writeSynced(path: string, parts: Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // Windows opens no folders, and keeps names by itself.
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
