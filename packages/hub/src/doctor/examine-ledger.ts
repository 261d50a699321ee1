/** What the database of a hub tells: is it of this version, does it balance, who is missing, what waits for a person. */
import { bad, type Finding, good, warning } from '@holdfast/runtime';
import type { Pool, PoolClient } from 'pg';
import { readGeneration } from '../feed/generation.ts';
import type { WholeReconciliation } from '../ledger/page-of-streams.ts';
import { reconcile } from '../ledger/reconcile.ts';
import { versionIfAny } from '../store/migrate.ts';
import { SCHEMA_VERSION } from '../store/migrations/index.ts';
import { transact } from '../store/transact.ts';

const DAY_MS = 86_400_000;
/** A catch-up looks once a minute; what is older has failed more than once. */
const UNSAFE_AGE_MS = 5 * 60_000;

/** Everything in one snapshot. */
export async function examineLedger(pool: Pool, nowMs: number): Promise<Finding[]> {
  return await transact(
    pool,
    async (client) => {
      const version = await versionIfAny(client);
      if (version === undefined)
        return [
          warning('database', 'The database is empty: no hub has been started on it.', 'holdfast hub start'),
        ];
      if (version !== SCHEMA_VERSION)
        return [
          bad(
            'database',
            `The database has version ${version}; this program knows ${SCHEMA_VERSION}.`,
            version > SCHEMA_VERSION ? 'Use the newer program.' : 'Start the hub: it brings it up to date.',
          ),
        ];
      const tenants = await client.query<{ tenant_id: string; name: string }>(
        'SELECT tenant_id, name FROM tenant ORDER BY tenant_id',
      );
      const findings = [good('database', `It answers. Generation ${await readGeneration(client)}.`)];
      for (const tenant of tenants.rows)
        findings.push(...(await examineTenant(client, tenant.tenant_id, nowMs)));
      return findings;
    },
    'snapshot',
  );
}

async function examineTenant(client: PoolClient, tenantId: string, nowMs: number): Promise<Finding[]> {
  const books = await reconcile(client, { tenantId, locationId: null, storeId: null, nowMs });
  return [
    books.balanced
      ? good('ledger', 'The ledger balances.')
      : bad(
          'ledger',
          'The postings do not sum to zero.',
          'Find the first wrong place: holdfast verify --hub',
        ),
    ...examineStreams(books, nowMs),
    await examineQuarantine(client, tenantId),
    ...(await examineSilence(client, tenantId, nowMs)),
  ];
}

function examineStreams({ streams }: WholeReconciliation, nowMs: number): Finding[] {
  const findings: Finding[] = [];
  const forks = streams.filter(({ state }) => state === 'fork');
  const missing = streams.filter((stream) => stream.missing > 0);
  const unsafe = streams.filter(
    (stream) =>
      stream.safe_seq < stream.acked_seq && nowMs - Date.parse(stream.last_received_at ?? '') > UNSAFE_AGE_MS,
  );
  for (const stream of forks)
    findings.push(
      warning(
        stream.device_name,
        `It holds another history than the ledger (life ${stream.incarnation}).`,
        'It mends itself when it is online; nothing is lost. Look at its disk: it was restored or copied.',
      ),
    );
  for (const stream of missing)
    findings.push(
      warning(
        stream.device_name,
        `Entries that it has told of and that are not here: ${stream.missing} (life ${stream.incarnation}).`,
        stream.device_state === 'active'
          ? 'They come when it is online. If its disk is gone, restore its backup.'
          : `The device is ${stream.device_state}; what it holds is not lost.`,
      ),
    );
  if (unsafe.length > 0)
    findings.push(
      bad(
        'archive',
        `Streams that are booked but not whole in the archive: ${unsafe.length}.`,
        'Look at the archive folder and its disk; the catch-up goes on by itself.',
      ),
    );
  if (findings.length === 0)
    findings.push(
      good('streams', `Nothing is missing of what devices have reported. Streams: ${streams.length}.`),
    );
  return findings;
}

async function examineQuarantine(client: PoolClient, tenantId: string): Promise<Finding> {
  const { rows } = await client.query<{ waiting: string; oldest: Date | null }>(
    `SELECT count(*)::text AS waiting, min(received_at) AS oldest FROM quarantine
     WHERE tenant_id = $1 AND resolved_at IS NULL`,
    [tenantId],
  );
  const [row] = rows;
  if (row === undefined || row.waiting === '0') return good('quarantine', 'Nothing waits for a decision.');
  return warning(
    'quarantine',
    `Entries that wait for a decision and are not booked: ${row.waiting}, the first since ${row.oldest?.toISOString()}.`,
    'holdfast quarantine list',
  );
}

async function examineSilence(client: PoolClient, tenantId: string, nowMs: number): Promise<Finding[]> {
  const { rows } = await client.query<{ name: string; heard_at: Date | null }>(
    `SELECT d.name, max(r.reported_at) AS heard_at
     FROM device d LEFT JOIN stream_report r USING (tenant_id, location_id, device_id)
     WHERE d.tenant_id = $1 AND d.state = 'active'
     GROUP BY d.device_id, d.name ORDER BY d.name, d.device_id`,
    [tenantId],
  );
  return rows
    .filter(({ heard_at }) => heard_at !== null && nowMs - heard_at.getTime() > DAY_MS)
    .map(({ name, heard_at }) =>
      warning(
        name,
        `It has not been heard of since ${heard_at?.toISOString()}.`,
        'Look at the network of its store.',
      ),
    );
}
