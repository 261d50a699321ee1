/**
 * Reading the feed: one page after a cursor, in one snapshot of the database. A cursor of another generation, of
 * other scopes, or of a place that this database was never at (it was restored) starts a snapshot with `reset`. But a hub that was restored
 * from its archive alone has nothing to say: whoever shows that he has read of it before keeps what he has.
 */
import type { FeedChange, FeedPage, Lane } from '@holdfast/protocol';
import type { PoolClient } from 'pg';
import { type FeedPosition, openCursor, sealCursor } from './cursor.ts';
import { readGeneration } from './generation.ts';
import { type Place, scopesOf } from './scopes.ts';

/** Changes of one page. */
export const FEED_PAGE_MAX = 500;

/** Who reads. */
export type FeedReader = Place & { device_id: string };

type PageRow = { scope: string; version: string; collection: string; key: string; value: unknown };

/**
 * The page after `cursor`, at most {@link FEED_PAGE_MAX} changes. `client` must be in a REPEATABLE READ transaction:
 * `includes` then says of exactly this page which entries of the device are booked in it.
 */
export async function readFeedPage(
  client: PoolClient,
  input: { reader: FeedReader; cursor: string | undefined; macKey: Uint8Array; nowMs: number },
): Promise<FeedPage> {
  const { reader, macKey } = input;
  const scopes = scopesOf(reader);
  const generation = await readGeneration(client);
  const tips = await readTips(client, { tenantId: reader.tenant_id, scopes });
  const sealing = { macKey, deviceId: reader.device_id };
  const given = input.cursor === undefined ? undefined : openCursor(input.cursor, sealing);
  const isKnown = given !== undefined && (await holds(client, { reader, given, generation, tips }));
  const known = isKnown ? given.versions : undefined;
  const since = new Map(scopes.map((scope) => [scope, known?.[scope] ?? 0]));
  const rows = await readRows(client, { tenantId: reader.tenant_id, since });
  const more = rows.length > FEED_PAGE_MAX;
  const changes = rows.slice(0, FEED_PAGE_MAX).map(toChange);
  const versions = advance(since, { changes, tips, more });
  return {
    generation,
    reset: known === undefined && !(given !== undefined && hasForgotten(given, tips)),
    changes,
    includes: await readIncludes(client, reader),
    cursor: sealCursor({ generation, versions, hashes: await readHashes(client, reader, versions) }, sealing),
    more,
    server_time: new Date(input.nowMs).toISOString(),
  };
}

/** False when what the cursor says cannot be continued. */
async function holds(
  client: PoolClient,
  hub: { reader: FeedReader; given: FeedPosition; generation: string; tips: Map<string, number> },
): Promise<boolean> {
  const { reader, given, generation, tips } = hub;
  const { versions, hashes } = given;
  if (given.generation !== generation) return false;
  const isAhead = ([scope, version]: [string, number]) =>
    version > (tips.get(scope) ?? Number.NEGATIVE_INFINITY);
  if (Object.entries(versions).some(isAhead)) return false;
  const here = await readHashes(client, reader, versions);
  return Object.keys(versions).every((scope) => here[scope] === hashes[scope]);
}

/** Of each scope the hash of the write that its version lies in. */
async function readHashes(
  client: PoolClient,
  { tenant_id }: FeedReader,
  versions: Record<string, number>,
): Promise<Record<string, string>> {
  const { rows } = await client.query<{ scope: string; hash: string }>(
    `SELECT wanted.scope, encode(found.hash, 'hex') AS hash
     FROM unnest($2::text[], $3::bigint[]) AS wanted (scope, version)
     CROSS JOIN LATERAL (
       SELECT hash FROM feed_write
       WHERE tenant_id = $1 AND scope = wanted.scope AND version >= wanted.version ORDER BY version LIMIT 1
     ) AS found
     WHERE wanted.version > 0`,
    [tenant_id, Object.keys(versions), Object.values(versions)],
  );
  return Object.fromEntries(rows.map(({ scope, hash }) => [scope, hash]));
}

/** True when nothing was ever written to the scopes that the reader has read before. */
function hasForgotten(position: FeedPosition, tips: Map<string, number>): boolean {
  const isReader = Object.keys(position.versions).some((scope) => tips.has(scope));
  return isReader && [...tips.values()].every((version) => version === 0);
}

/** Scopes are walked in order: before the page's last change all are read to the end, after it none is begun. */
function advance(
  since: Map<string, number>,
  page: { changes: FeedChange[]; tips: Map<string, number>; more: boolean },
): Record<string, number> {
  const last = page.more ? page.changes.at(-1) : undefined;
  return Object.fromEntries(
    [...since].map(([scope, version]) => {
      if (last === undefined || scope < last.scope) return [scope, page.tips.get(scope) ?? version];
      return [scope, scope === last.scope ? last.version : version];
    }),
  );
}

async function readTips(
  client: PoolClient,
  { tenantId, scopes }: { tenantId: string; scopes: string[] },
): Promise<Map<string, number>> {
  const { rows } = await client.query<{ scope: string; version: string }>(
    `SELECT scope, version::text AS version FROM scope_version WHERE tenant_id = $1 AND scope = ANY ($2)`,
    [tenantId, scopes],
  );
  const tips = new Map(scopes.map((scope) => [scope, 0]));
  for (const row of rows) tips.set(row.scope, Number(row.version));
  return tips;
}

async function readRows(
  client: PoolClient,
  { tenantId, since }: { tenantId: string; since: Map<string, number> },
): Promise<PageRow[]> {
  const { rows } = await client.query<PageRow>(
    `SELECT item.scope, item.version::text AS version, item.collection, item.key, item.value
     FROM unnest($2::text[], $3::bigint[]) AS wanted (scope, version)
     CROSS JOIN LATERAL (
       SELECT * FROM feed_item
       WHERE tenant_id = $1 AND scope = wanted.scope AND version > wanted.version
       ORDER BY version LIMIT $4
     ) AS item
     ORDER BY item.scope COLLATE "C", item.version LIMIT $4`,
    [tenantId, [...since.keys()], [...since.values()], FEED_PAGE_MAX + 1],
  );
  return rows;
}

type IncludedRow = { incarnation: string; lane: Lane; seq: string; safe_seq: string; quarantined: number };

async function readIncludes(client: PoolClient, reader: FeedReader): Promise<FeedPage['includes']> {
  const { rows } = await client.query<IncludedRow>(
    `SELECT incarnation, lane, acked_seq::text AS seq, safe_seq::text AS safe_seq, (
       SELECT count(*)::integer FROM quarantine q
       WHERE (q.tenant_id, q.location_id, q.device_id) = (s.tenant_id, s.location_id, s.device_id)
         AND q.incarnation = s.incarnation AND q.lane = s.lane AND q.resolved_at IS NULL
     ) AS quarantined
     FROM stream s
     WHERE tenant_id = $1 AND location_id = $2 AND device_id = $3 ORDER BY incarnation, lane`,
    [reader.tenant_id, reader.location_id, reader.device_id],
  );
  return rows.map((row) => ({ ...row, seq: Number(row.seq), safe_seq: Number(row.safe_seq) }));
}

function toChange(row: PageRow): FeedChange {
  return { ...row, version: Number(row.version) };
}
