/**
 * What becomes of a damage to what a hub is restored from. A restore must name it and take in nothing of it, and
 * verification must find it; or everything is there all the same. Anything else is silent, and the worst there is.
 */
import { join } from 'node:path';
import { systemClock as clock, isAppError, systemPorts as ports } from '@holdfast/base';
import {
  exportArchive,
  exportHub,
  type HubRestore,
  hubOptions,
  loadHubSettings,
  openPool,
  type RestoreSource,
  restoreHub,
} from '@holdfast/hub';
import { loadOptions } from '@holdfast/runtime';
import { type ExportRecord, verifyExport } from '@holdfast/verify';
import { query } from '../support/postgres.ts';
import { type HubDamageBase, quiet } from './hub-damage-base.ts';

export type HubVerdict =
  | { kind: 'harmless' }
  | { kind: 'detected'; by: 'restore' | 'verify' | 'restore and verify'; sentence: string }
  | { kind: 'silent'; sentence: string };

/** What a hub knows, a line for each row that matters; nothing that a restore gives anew. */
export type Knowledge = ReadonlySet<string>;

const LINES = `
  SELECT concat_ws(' ', 'entry', device_id, incarnation, lane, seq, encode(hash, 'hex'), md5(body)) AS line FROM entry
  UNION ALL SELECT concat_ws(' ', 'seal', device_id, incarnation, lane, seq, md5(statement), md5(signature)) FROM seal
  UNION ALL SELECT concat_ws(' ', 'booking', op_id, amount_minor, currency, cashier_id, receipt_code, created_at) FROM booking
  UNION ALL SELECT concat_ws(' ', 'posting', b.op_id, p.line, p.account, p.amount_minor)
    FROM posting p JOIN booking b USING (booking_no)
  UNION ALL SELECT concat_ws(' ', 'waits', device_id, incarnation, lane, seq, reason, resolution) FROM quarantine
  UNION ALL SELECT concat_ws(' ', 'device', location_id, device_id, state) FROM device
  UNION ALL SELECT concat_ws(' ', 'key', device_id, key_id) FROM device_key
  UNION ALL SELECT concat_ws(' ', 'store', location_id, store_id, currency, time_zone) FROM location`;

export async function readKnowledge(url: string): Promise<Knowledge> {
  return new Set((await query<{ line: string }>(url, LINES)).map(({ line }) => line));
}

/** Restores from what lies in `folder`, into the database that restores make. */
export async function restore(
  base: HubDamageBase,
  { folder, kind }: { folder: string; kind: 'archive' | 'backup' },
): Promise<HubRestore> {
  const flags = {
    '--data': join(folder, 'keys'),
    '--archive': join(folder, 'archive'),
    '--database-url': base.restoredUrl,
  };
  const settings = await loadHubSettings(loadOptions(hubOptions, { env: {}, flags }));
  const source: RestoreSource =
    kind === 'archive' ? { kind } : { kind: 'backup', folder: join(folder, 'backup') };
  return await restoreHub({ settings, source, dropOld: true, ports, logger: quiet, onStep: () => undefined });
}

/** Restores the archive in `folder` alone, and verifies it alone and beside the ledger. */
export async function judgeArchive(
  base: HubDamageBase,
  at: { folder: string; expected: Knowledge; mayBeOlder: boolean },
): Promise<HubVerdict> {
  const found = await verifyArchive(base, join(at.folder, 'archive'));
  let restored: HubRestore;
  try {
    restored = await restore(base, { folder: at.folder, kind: 'archive' });
  } catch (error) {
    if (!isAppError(error)) return { kind: 'silent', sentence: `the restore broke: ${String(error)}` };
    return both(error.message, found) ?? { kind: 'silent', sentence: `only the restore: ${error.message}` };
  }
  const unsound = await verifyRestored(base);
  if (unsound !== undefined) return { kind: 'silent', sentence: `half of it was taken in: ${unsound}` };
  const wrong = difference(at.expected, await readKnowledge(base.restoredUrl));
  const named = namedBy(restored);
  const agreed = both(named, found);
  if (agreed !== undefined) return agreed;
  // A record that was put back to itself as it was is the hub's own word: only the hub knows that it is old.
  const isKnown = wrong === undefined || (at.mayBeOlder && found !== undefined);
  if (!isKnown) return { kind: 'silent', sentence: `${wrong}; restore: ${named}; verify: ${found}` };
  if (found !== undefined) return { kind: 'detected', by: 'verify', sentence: found };
  return named === undefined ? { kind: 'harmless' } : { kind: 'detected', by: 'restore', sentence: named };
}

/** Restores the backup in `folder`. One that is refused leaves the database as it was. */
export async function judgeBackup(
  base: HubDamageBase,
  at: { folder: string; expected: Knowledge },
): Promise<HubVerdict> {
  const before = await readKnowledge(base.restoredUrl);
  try {
    await restore(base, { folder: at.folder, kind: 'backup' });
  } catch (error) {
    if (!isAppError(error)) return { kind: 'silent', sentence: `the restore broke: ${String(error)}` };
    const left = await query(base.restoredUrl, "SELECT FROM pg_database WHERE datname LIKE 'restored_%'");
    const changed = difference(before, await readKnowledge(base.restoredUrl));
    if (changed !== undefined || left.length > 0)
      return { kind: 'silent', sentence: `${error.message}, and yet: ${changed ?? 'a database is left'}` };
    return { kind: 'detected', by: 'restore', sentence: error.message };
  }
  const wrong = difference(at.expected, await readKnowledge(base.restoredUrl));
  return wrong === undefined ? { kind: 'harmless' } : { kind: 'silent', sentence: wrong };
}

function both(named: string | undefined, found: string | undefined): HubVerdict | undefined {
  if (named === undefined || found === undefined) return undefined;
  return { kind: 'detected', by: 'restore and verify', sentence: named };
}

/** The first line that is on one side alone; undefined when there is none. */
function difference(expected: Knowledge, found: Knowledge): string | undefined {
  const [lacks] = [...expected].filter((line) => !found.has(line));
  const [made] = [...found].filter((line) => !expected.has(line));
  if (lacks !== undefined) return `it lacks: ${lacks}`;
  return made === undefined ? undefined : `it made up: ${made}`;
}

function namedBy({ replay }: HubRestore): string | undefined {
  const [damaged] = replay.damaged;
  const [unusable] = replay.identities.unusable;
  const [gap] = replay.gaps;
  return damaged?.reason ?? unusable?.reason ?? (gap && `a hole from ${gap.from_seq} to ${gap.to_seq}`);
}

/** What verification says of the archive, by itself and beside the ledger; undefined when it finds nothing. */
async function verifyArchive(base: HubDamageBase, archiveFolder: string): Promise<string | undefined> {
  const nowMs = clock.nowMs();
  const alone = await firstWrong(base, exportArchive(archiveFolder, { nowMs }));
  return (
    alone ??
    (await withPool(base.ledgerUrl, (pool) => firstWrong(base, exportHub(pool, { nowMs, archiveFolder }))))
  );
}

async function verifyRestored(base: HubDamageBase): Promise<string | undefined> {
  return await withPool(base.restoredUrl, (pool) =>
    firstWrong(base, exportHub(pool, { nowMs: clock.nowMs() })),
  );
}

async function firstWrong(
  { macKey }: HubDamageBase,
  records: AsyncIterable<ExportRecord>,
): Promise<string | undefined> {
  return (await verifyExport(records, { macKey })).first_wrong?.sentence;
}

type Pool = Awaited<ReturnType<typeof openPool>>;

async function withPool<T>(databaseUrl: string, use: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = await openPool({ databaseUrl, connectionsMax: 2, ports, logger: quiet });
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}
