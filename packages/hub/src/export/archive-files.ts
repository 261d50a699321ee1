/**
 * The files of an archive as records: every one that lies where segments lie, also one whose name is none, for it is
 * what was put there that is to be verified. What is being staged is not part of the archive.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdentityFileRecord, SegmentRecord } from '@holdfast/verify';
import { readPlainFile, SEGMENT_BYTES_MAX } from '../archive/plain-file.ts';
import { isMissing } from '../postgres/cluster.ts';

/** The folder of a stream, as a segment's place is defined. */
export function folderOf(key: {
  tenant_id: string;
  device_id: string;
  incarnation: string;
  lane: string;
}): string {
  return `${key.tenant_id}/${key.device_id}/${key.incarnation}-${key.lane}`;
}

/** Every folder of a stream there is, sorted. */
export async function streamFolders(archive: string): Promise<string[]> {
  const found: string[] = [];
  for (const tenant of await foldersIn(archive)) {
    if (tenant === 'staging' || tenant === 'identity') continue;
    for (const device of await foldersIn(join(archive, tenant)))
      for (const stream of await foldersIn(join(archive, tenant, device)))
        found.push(`${tenant}/${device}/${stream}`);
  }
  return found;
}

/** The segments of one folder, by their first entry, then their last. */
export async function* segmentsIn(
  archive: string,
  { folder, stream }: { folder: string; stream: number | null },
): AsyncGenerator<SegmentRecord> {
  const names = await filesIn(join(archive, folder));
  for (const name of names.sort((a, b) => byNumbers(a, b))) {
    const bytes = await readPlainFile(join(archive, folder, name), { bytesMax: SEGMENT_BYTES_MAX });
    // What is too large for a segment is told as what has nothing of one.
    yield { record: 'segment', stream, file: `${folder}/${name}`, text: bytes?.toString() ?? '' };
  }
}

/** The records of tenants, stores and devices. */
export async function* identityFiles(archive: string): AsyncGenerator<IdentityFileRecord> {
  for (const name of (await filesIn(join(archive, 'identity'))).sort()) {
    const bytes = await readPlainFile(join(archive, 'identity', name), { bytesMax: SEGMENT_BYTES_MAX });
    yield { record: 'identity', file: `identity/${name}`, text: bytes?.toString() ?? '' };
  }
}

function byNumbers(a: string, b: string): number {
  const [x, y] = [a, b].map((name) => name.split(/[-.]/, 2).map(Number));
  return (x?.[0] ?? 0) - (y?.[0] ?? 0) || (x?.[1] ?? 0) - (y?.[1] ?? 0);
}

async function foldersIn(path: string): Promise<string[]> {
  return (await entriesIn(path))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function filesIn(path: string): Promise<string[]> {
  return (await entriesIn(path)).filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** What lies in a folder; nothing where there is none. */
async function entriesIn(path: string) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
