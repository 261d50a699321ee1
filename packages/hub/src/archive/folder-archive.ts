/**
 * The archive as a folder, best on a disk of its own: one file a segment,
 * `<tenant>/<device>/<incarnation>-<lane>/<first>-<last>.ndjson`, and one a tenant, store and device in `identity`. A
 * file is written and synced under another name first; under its own it is always whole.
 */
import { randomUUID } from 'node:crypto';
import { lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@holdfast/base';
import { ensureFolder, writeFileDurably } from '@holdfast/runtime';
import { isMissing } from '../postgres/cluster.ts';
import type { Archive, Segment, SegmentPlace, StagedSegment } from './archive.ts';
import { readPlainFile, SEGMENT_BYTES_MAX } from './plain-file.ts';

const STAGING = 'staging';
const IDENTITY = 'identity';
/** Heads are far shorter, but for one that lists erased bodies; none is longer than the second. */
const HEAD_BYTES = [4_096, 65_536] as const;
/** Nor a record of a tenant, a store or a device. */
const RECORD_BYTES_MAX = 1_048_576;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const STAGED = /^[0-9a-f-]{36}\.ndjson$/;
const STREAM = /^([0-9a-f]{32})-([a-z_]+)$/;
const SEGMENT = /^([1-9][0-9]{0,15})-([1-9][0-9]{0,15})\.ndjson$/;
/** Nothing is staged for that long: what is older was left by a hub that was killed. */
const LEFT_BEHIND_MS = 3_600_000;

/** An archive in `folder`, which is made when the first segment comes. */
export function openFolderArchive({ folder }: { folder: string }): Archive {
  return {
    async keepIdentity(name, text) {
      await ensureFolder(join(folder, IDENTITY));
      await writeFileDurably(join(folder, IDENTITY, `${name}.json`), text);
    },
    async *identities() {
      for (const file of await namesIn(join(folder, IDENTITY))) {
        const name = /^([a-z]+-[0-9a-f-]{36})\.json$/.exec(file)?.[1];
        if (name === undefined) continue;
        const bytes = await readPlainFile(join(folder, IDENTITY, file), { bytesMax: RECORD_BYTES_MAX });
        yield { name, text: bytes?.toString() ?? '' };
      }
    },
    segments: () => walk(folder),
    async readHead({ path }) {
      for (const prefix of HEAD_BYTES) {
        const bytes = await readPlainFile(path, { bytesMax: SEGMENT_BYTES_MAX, prefix });
        const end = bytes?.indexOf(10) ?? -1;
        if (end !== -1) return bytes?.subarray(0, end).toString();
      }
      return undefined;
    },
    read: ({ path }) => readPlainFile(path, { bytesMax: SEGMENT_BYTES_MAX }),
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

/** The folders are few and their names are sorted; what is not named as a segment is none, nor is a count that no stream reaches. */
async function* walk(folder: string): AsyncGenerator<SegmentPlace> {
  for (const tenant_id of (await namesIn(folder)).filter((name) => UUID.test(name))) {
    for (const device_id of (await namesIn(join(folder, tenant_id))).filter((name) => UUID.test(name))) {
      for (const stream of await namesIn(join(folder, tenant_id, device_id))) {
        const [, incarnation, lane] = STREAM.exec(stream) ?? [];
        if (incarnation === undefined || lane === undefined) continue;
        const place = { tenant_id, device_id, incarnation, lane };
        yield* await segmentsIn(join(folder, tenant_id, device_id, stream), place);
      }
    }
  }
}

async function segmentsIn(
  folder: string,
  stream: Pick<SegmentPlace, 'tenant_id' | 'device_id' | 'incarnation' | 'lane'>,
): Promise<SegmentPlace[]> {
  const places: SegmentPlace[] = [];
  for (const name of await namesIn(folder)) {
    const [, first, last] = SEGMENT.exec(name) ?? [];
    if (!Number.isSafeInteger(Number(first)) || !Number.isSafeInteger(Number(last))) continue;
    const path = join(folder, name);
    places.push({ ...stream, first_seq: Number(first), last_seq: Number(last), path });
  }
  return places.sort((a, b) => a.first_seq - b.first_seq || a.last_seq - b.last_seq);
}

/** What lies in a folder, by name; nothing where there is none. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/**
 * Removes what killed hubs left in the staging folder, and nothing else: whoever may write in the archive could have put
 * a link there that leads to the keys of this hub. Call it at start.
 */
export async function sweepStaging({ folder, clock }: { folder: string; clock: Clock }): Promise<void> {
  const staging = join(folder, STAGING);
  await ensureFolder(staging);
  if (!(await lstat(staging)).isDirectory()) return;
  for (const name of (await readdir(staging)).filter((each) => STAGED.test(each))) {
    const path = join(staging, name);
    const found = await lstat(path);
    if (found.isFile() && found.mtimeMs < clock.nowMs() - LEFT_BEHIND_MS) await rm(path, { force: true });
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
