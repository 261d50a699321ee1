/**
 * The ledger of a hub as an export, to be verified by anybody: streams, entries, seals, operations, quarantine, bookings
 * and postings as they lie in the tables, with the public keys they hang on and, if asked for, the archive. The tables
 * are read in one snapshot; the archive, of which nothing is ever taken away, right behind it.
 */
import { EXPORT_VERSION, type ExportRecord } from '@holdfast/verify';
import type { Pool, PoolClient } from 'pg';
import { SOFTWARE_VERSION } from '../api/version.ts';
import { folderOf, identityFiles, segmentsIn, streamFolders } from './archive-files.ts';
import { entryRecord, type Group, orphan, streamRecord } from './hub-records.ts';
import { openHubRows, type PlaceRow, type PostingRow, type Rows } from './hub-rows.ts';
import { identityRecords } from './identity-rows.ts';

type Input = {
  nowMs: number;
  /** The folder of the archive, to be part of the export. */
  archiveFolder?: string | undefined;
};

/** Everything in the database of `pool`. One connection is used until the export has been read, or given up. */
export async function* exportHub(pool: Pool, input: Input): AsyncGenerator<ExportRecord> {
  const client = await pool.connect();
  let records = 0;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    for await (const record of recordsOf(client, input)) {
      records += 1;
      yield record;
    }
    yield { record: 'end', records };
  } finally {
    await release(client);
  }
}

/** The archive in `folder` alone. */
export async function* exportArchive(
  folder: string,
  { nowMs }: { nowMs: number },
): AsyncGenerator<ExportRecord> {
  let records = 1;
  yield headOf('archive', { nowMs, archiveFolder: folder });
  for await (const record of identityFiles(folder)) {
    records += 1;
    yield record;
  }
  for (const each of await streamFolders(folder)) {
    for await (const record of segmentsIn(folder, { folder: each, stream: null })) {
      records += 1;
      yield record;
    }
  }
  yield { record: 'end', records };
}

async function release(client: PoolClient): Promise<void> {
  try {
    await client.query('ROLLBACK');
    client.release();
  } catch (error) {
    // A connection that cannot even roll back is closed.
    client.release(error instanceof Error ? error : true);
  }
}

function headOf(source: 'hub' | 'archive', { nowMs, archiveFolder }: Input): ExportRecord {
  return {
    record: 'export',
    v: EXPORT_VERSION,
    source,
    made_at: new Date(nowMs).toISOString(),
    software_version: SOFTWARE_VERSION,
    has_archive: archiveFolder !== undefined,
  };
}

async function* recordsOf(client: PoolClient, input: Input): AsyncGenerator<ExportRecord> {
  const { archiveFolder } = input;
  yield headOf('hub', input);
  yield* identityRecords(client);
  if (archiveFolder !== undefined) yield* identityFiles(archiveFolder);
  const tables = await openHubRows(client);
  const visited = new Set<string>();
  for (let stream = 0; ; stream += 1) {
    const row = await tables.streams.take();
    if (row !== undefined) yield streamRecord(row, stream);
    const key = row === undefined ? undefined : keyOf(row);
    for (let next = await nextPlace(tables); next !== undefined; next = await nextPlace(tables)) {
      if (key !== undefined && keyOf(next) > key) break;
      yield* groupRecords(await takeGroup(tables, next), keyOf(next) === key ? stream : undefined);
    }
    if (row === undefined) break;
    if (archiveFolder === undefined) continue;
    visited.add(folderOf(row));
    yield* segmentsIn(archiveFolder, { folder: folderOf(row), stream });
  }
  for (let row = await tables.postings.take(); row !== undefined; row = await tables.postings.take())
    yield orphan('posting', row);
  for (const folder of archiveFolder === undefined ? [] : await streamFolders(archiveFolder))
    if (archiveFolder !== undefined && !visited.has(folder))
      yield* segmentsIn(archiveFolder, { folder, stream: null });
}

type Tables = Awaited<ReturnType<typeof openHubRows>>;

/** The first place that a row which is not read yet stands at. */
async function nextPlace(tables: Tables): Promise<PlaceRow | undefined> {
  const { entries, seals, ops, quarantine, bookings } = tables;
  let first: PlaceRow | undefined;
  for (const rows of [entries, seals, ops, quarantine, bookings]) {
    const row = await rows.peek();
    if (row !== undefined && (first === undefined || comparePlaces(row, first) < 0)) first = row;
  }
  return first;
}

async function takeGroup(tables: Tables, place: PlaceRow): Promise<Group> {
  return {
    place,
    entries: await takeAt(tables.entries, place),
    seals: await takeAt(tables.seals, place),
    ops: await takeAt(tables.ops, place),
    quarantine: await takeAt(tables.quarantine, place),
    bookings: await takeAt(tables.bookings, place),
    postings: await takePostings(tables.postings, place),
  };
}

async function takeAt<T extends PlaceRow>(rows: Rows<T>, place: PlaceRow): Promise<T[]> {
  const taken: T[] = [];
  for (let row = await rows.peek(); row !== undefined; row = await rows.peek()) {
    if (comparePlaces(row, place) !== 0) break;
    taken.push(row);
    await rows.take();
  }
  return taken;
}

/** Postings stand where their bookings do; those without one come last, and are left there. */
async function takePostings(rows: Rows<PostingRow>, place: PlaceRow): Promise<PostingRow[]> {
  const taken: PostingRow[] = [];
  for (let row = await rows.peek(); row !== undefined; row = await rows.peek()) {
    if (row.seq !== place.seq || row.tenant_id === null || keyOf(row) !== keyOf(place)) break;
    taken.push(row);
    await rows.take();
  }
  return taken;
}

function* groupRecords(group: Group, stream: number | undefined): Generator<ExportRecord> {
  const { entries, seals, ops, quarantine, bookings } = group;
  const [entry] = entries;
  if (entry === undefined || stream === undefined) {
    for (const [table, rows] of Object.entries({
      entry: entries,
      seal: seals,
      op: ops,
      quarantine,
      booking: bookings,
    }))
      for (const row of rows) yield orphan(table, row);
    return;
  }
  yield entryRecord(group, entry, stream);
}

type StreamName = {
  [K in 'tenant_id' | 'location_id' | 'device_id' | 'incarnation' | 'lane']: string | null;
};

function keyOf(row: StreamName): string {
  return [row.tenant_id, row.location_id, row.device_id, row.incarnation, row.lane].join('/');
}

function comparePlaces(a: PlaceRow, b: PlaceRow): number {
  const [x, y] = [keyOf(a), keyOf(b)];
  if (x !== y) return x < y ? -1 : 1;
  return a.seq === b.seq ? 0 : a.seq < b.seq ? -1 : 1;
}
