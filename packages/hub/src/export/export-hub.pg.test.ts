/**
 * A ledger and its archive are exported and verified; then every column of every row, and bytes of every file, are
 * changed, one at a time, and each change must be found. What cannot be found is listed, with the reason.
 */
import { must, systemPorts } from '@holdfast/base';
import { createLogger, createMetrics } from '@holdfast/runtime';
import { type ExportRecord, type VerifyOptions, type VerifyReport, verifyExport } from '@holdfast/verify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFolderArchive } from '../archive/folder-archive.ts';
import { recordText } from '../archive/identity-record.ts';
import { createIdentityKeeper } from '../archive/keep-identities.ts';
import { MAC_KEY, openTestIngest, type TestIngest } from '../ingest/testing-ingest.ts';
import { exportArchive, exportHub } from './export-hub.ts';
import { fillLedger } from './testing-ledger.ts';

let hub: TestIngest;
beforeAll(async () => {
  hub = await openTestIngest();
  await hub.reset();
  await fillLedger(hub);
});
afterAll(() => hub.close());

const nowMs = () => systemPorts.clock.nowMs();
const verify = (options: VerifyOptions & { archive?: boolean } = {}): Promise<VerifyReport> =>
  verifyExport(
    exportHub(hub.pool, { nowMs: nowMs(), archiveFolder: options.archive ? hub.folder : undefined }),
    { macKey: MAC_KEY, ...options },
  );

/** What nothing else in the ledger contradicts. */
const UNTOLD: Readonly<Record<string, string>> = {
  'quarantine.note': 'what a person wrote',
  'quarantine.resolved_at': 'when a person decided',
  'device_key.accepted_at': 'a reading of the clock',
  'device_key.retired_at': 'a reading of the clock',
};

/** Another value of a type, as SQL over the column. */
const CHANGED: Readonly<Record<string, (column: string) => string>> = {
  uuid: (c) =>
    `(left(${c}::text, 35) || translate(right(${c}::text, 1), '0123456789abcdef', '1032547698badcfe'))::uuid`,
  bytea: (c) => `set_byte(${c}, length(${c}) / 2, get_byte(${c}, length(${c}) / 2) # 1)`,
  text: (c) =>
    `overlay(${c} placing chr(ascii(substr(${c}, 1 + length(${c}) / 2, 1)) # 1) from 1 + length(${c}) / 2 for 1)`,
  bigint: (c) => `${c} + 1`,
  smallint: (c) => `${c} + 1`,
  'timestamp with time zone': (c) => `${c} + interval '1 microsecond'`,
};
const FILLED: Readonly<Record<string, string>> = {
  text: `'x'`,
  bigint: '1',
  bytea: `'\\x00'`,
  'timestamp with time zone': 'now()',
};

type Column = { name: string; type: string };
type Change = { column: string; rowNo: number; set: string };

/** The columns of a table, of whose rows a numbered copy is kept. */
async function keepOriginal(table: string): Promise<Column[]> {
  const { rows } = await hub.pool.query<Column>(
    `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum`,
    [table],
  );
  await hub.pool.query(
    `CREATE TABLE original_${table} AS SELECT *, row_number() OVER () AS row_no FROM ${table}`,
  );
  return rows;
}

async function changesIn(table: string, columns: readonly Column[]): Promise<Change[]> {
  const { rows } = await hub.pool.query<Record<string, unknown>>(`SELECT * FROM original_${table}`);
  return rows.flatMap((row) =>
    columns.map(({ name, type }) => {
      const set = row[name] === null ? FILLED[type] : CHANGED[type]?.(name);
      return { column: name, rowNo: Number(row.row_no), set: must(set, `a change of ${type}`) };
    }),
  );
}

/** Writes the rows of `table` anew, `selected` of them, with one column changed. False when PostgreSQL refuses it. */
async function rewrite(
  table: string,
  columns: readonly Column[],
  { change, selected = 'true' }: { change?: Change; selected?: string } = {},
): Promise<boolean> {
  const names = columns.map(({ name }) => name);
  const values = names.map((name) =>
    name === change?.column ? `CASE WHEN row_no = ${change.rowNo} THEN ${change.set} ELSE ${name} END` : name,
  );
  const client = await hub.pool.connect();
  try {
    // As whoever owns the server could: no trigger stands in the way.
    await client.query("BEGIN; SET LOCAL session_replication_role = 'replica'");
    await client.query(`DELETE FROM ${table}`);
    await client.query(
      `INSERT INTO ${table} (${names.join()}) SELECT ${values.join()} FROM original_${table} WHERE ${selected}`,
    );
    await client.query('COMMIT');
    return true;
  } catch {
    await client.query('ROLLBACK'); // A key that is taken, or what a CHECK forbids.
    return false;
  } finally {
    client.release();
  }
}

const TABLES = ['stream', 'entry', 'seal', 'op', 'quarantine', 'booking', 'posting', 'device_key'];

describe('the export of a ledger', () => {
  it('verifies, and says what it counted', async () => {
    const report = await verify({ archive: true });
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ ok: true, source: 'hub', first_wrong: null });
    expect(report.counts).toMatchObject({
      streams: 5,
      entries: 19,
      bookings: 8,
      quarantined: 11,
      segments: 6,
    });
    expect(report.sums).toEqual([
      { currency: 'SEK', sales: 8, amount: '91.00', tenders: '136.00', change: '45.00', waiting: 0 },
    ]);
  });

  it('verifies the archive alone, by the keys in it', async () => {
    const report = await verifyExport(exportArchive(hub.folder, { nowMs: nowMs() }), { macKey: MAC_KEY });
    expect(report.counts).toMatchObject({ streams: 5, entries: 19, segments: 6 });
  });

  it('still verifies when a body has been erased, and says so', async () => {
    const client = await hub.pool.connect();
    const erased = 'tenant_id = (SELECT tenant_id FROM booking LIMIT 1)';
    try {
      await client.query('CREATE TABLE bodies AS SELECT device_id, incarnation, seq, body FROM entry');
      await client.query(`UPDATE entry SET body = NULL WHERE ${erased}`);
      const report = await verify({ archive: true });
      expect(report.findings).toEqual([]);
      expect(report.counts.erased).toBe(19);
      const { rows } = await client.query<{ receipt_code: string }>(
        'SELECT receipt_code FROM booking LIMIT 1',
      );
      const found = await verify({ receipt: must(rows[0], 'a booking').receipt_code });
      expect(found.receipt).toMatchObject([{ state: 'booked', amount: null }]);
    } finally {
      await client.query(`UPDATE entry SET body = bodies.body FROM bodies WHERE bodies.device_id = entry.device_id
        AND bodies.incarnation = entry.incarnation AND bodies.seq = entry.seq`);
      client.release();
    }
  });

  it('looks for the sale of a receipt', async () => {
    const { rows } = await hub.pool.query<{ receipt_code: string; op_id: string }>(
      'SELECT receipt_code, op_id FROM booking',
    );
    for (const { receipt_code, op_id } of rows) {
      const { receipt } = await verify({ receipt: receipt_code });
      expect(receipt).toMatchObject([{ op_id, receipt_code, state: 'booked', currency: 'SEK' }]);
    }
  });
});

describe('a change', () => {
  it.each(TABLES)('of any column of %s is found', { timeout: 60_000 }, async (table) => {
    const columns = await keepOriginal(table);
    const untold: string[] = [];
    let made = 0;
    for (const change of await changesIn(table, columns)) {
      if (!(await rewrite(table, columns, { change }))) continue;
      made += 1;
      const name = `${table}.${change.column}`;
      if (UNTOLD[name] === undefined && (await verify({ archive: table === 'stream' })).ok)
        untold.push(`${name} of row ${change.rowNo}: ${change.set}`);
    }
    await rewrite(table, columns);
    expect(untold).toEqual([]);
    expect(made).toBeGreaterThan(15);
    expect((await verify()).findings).toEqual([]);
  });
});

describe('an archive', () => {
  it('gives away any changed byte of a segment', { timeout: 60_000 }, async () => {
    const records = await allRecords();
    const missed: string[] = [];
    for (const [index, record] of records.entries()) {
      if (record.record !== 'segment') continue;
      const bytes = Buffer.from(record.text);
      for (let at = index % STEP; at < bytes.length; at += STEP) {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ 1;
        const changed = { ...record, text: damaged.toString() };
        const { ok } = await verifyRecords(records.with(index, changed));
        if (ok) missed.push(`${record.file} at ${at}: ${bytes.subarray(at - 20, at + 20)}`);
      }
    }
    expect(missed).toEqual([]);
  });

  it('gives away a segment that is gone, renamed or of another stream', async () => {
    const records = await allRecords();
    const segments = records.filter((record) => record.record === 'segment');
    expect(segments).toHaveLength(6);
    for (const segment of segments) {
      const index = records.indexOf(segment);
      const lost = await verifyRecords(records.toSpliced(index, 1));
      expect(lost.findings.map((finding) => finding.code)).toContain('archive_gap');
      const renamed = { ...segment, file: segment.file.replace(/(\d+)\.ndjson$/, '9$1.ndjson') };
      expect((await verifyRecords(records.with(index, renamed))).first_wrong?.code).toBe('segment');
    }
  });
});

describe('the records of an archive', () => {
  it('give away one that is gone, or that is older than the hub knows it to be', async () => {
    await hub.pool.query('UPDATE device SET revision = revision + 1');
    const archive = openFolderArchive({ folder: hub.folder });
    await createIdentityKeeper({ ...quiet(), pool: hub.pool, archive, macKey: MAC_KEY }).keep();
    const records = await allRecords();
    expect((await verifyRecords(records)).findings).toEqual([]);
    const files = records.filter((record) => record.record === 'identity');
    expect(files).toHaveLength(4); // A store, and three devices.
    for (const file of files) {
      const index = records.indexOf(file);
      const name = { code: 'identity', where: { file: file.file } };
      const lost = await verifyRecords(records.toSpliced(index, 1));
      expect(lost.findings).toMatchObject([{ ...name, found: 'none' }]);
      const revision = Number(/"revision":(\d+)/.exec(file.text)?.[1]);
      const { mac: _, ...record } = JSON.parse(file.text);
      const text = recordText(MAC_KEY, { ...record, revision: revision - 1 });
      const stale = await verifyRecords(records.with(index, { ...file, text }));
      expect(stale.findings).toMatchObject([{ ...name, expected: `revision ${revision}` }]);
    }
  });
});

function quiet() {
  return {
    logger: createLogger({ level: 'silent', service: 'test' }),
    metrics: createMetrics({ process: false }),
  };
}

/** Of the bytes of a segment, every so manieth is changed; each segment starts at another one. */
const STEP = 29;

async function allRecords(): Promise<ExportRecord[]> {
  const records: ExportRecord[] = [];
  for await (const record of exportHub(hub.pool, { nowMs: nowMs(), archiveFolder: hub.folder }))
    records.push(record);
  return records;
}

/** Verifies records whose end counts them as they are. */
function verifyRecords(records: readonly ExportRecord[]): Promise<VerifyReport> {
  const whole = async function* (): AsyncGenerator<ExportRecord> {
    yield* records.slice(0, -1);
    yield { record: 'end', records: records.length - 1 };
  };
  return verifyExport(whole(), { macKey: MAC_KEY });
}

describe('a quarantined entry', () => {
  const REASONS = ['device_suspended', 'device_revoked', 'invalid_body', 'wrong_store', 'op_id_reused'];
  const RESOLUTIONS = [null, 'booked', 'dismissed', 'superseded'];

  it('gives away another reason, but for those of its device', async () => {
    const untold: [string, string][] = [];
    await forEachQuarantined(async (row, change) => {
      for (const reason of REASONS.filter((each) => each !== row.reason)) {
        const { ok } = await verifyRecords(change({ ...row, reason }));
        if (ok) untold.push([row.reason, reason]);
      }
    });
    // Nothing tells in which state a device was but the archive, and that not of an entry by itself.
    expect(untold.filter(([, now]) => !now.startsWith('device_'))).toEqual([]);
  });

  it('gives away another end', async () => {
    await forEachQuarantined(async (row, change) => {
      for (const resolution of RESOLUTIONS.filter((each) => each !== row.resolution)) {
        const resolved_at = resolution === null ? null : (row.resolved_at ?? row.received_at);
        const report = await verifyRecords(change({ ...row, resolution, resolved_at }));
        const isDecision = row.resolution === null && resolution === 'dismissed';
        const isTakenBack = row.resolution === 'dismissed' && resolution === null;
        // That an entry still waits, or was dismissed, is a person's to say.
        expect([row, resolution, report.ok]).toEqual([row, resolution, isDecision || isTakenBack]);
      }
    });
  });
});

type Row = NonNullable<Extract<ExportRecord, { record: 'hub_entry' }>['quarantine']>;

async function forEachQuarantined(
  use: (row: Row, change: (row: Row) => ExportRecord[]) => Promise<void>,
): Promise<void> {
  const records = await allRecords();
  let count = 0;
  for (const [index, record] of records.entries()) {
    if (record.record !== 'hub_entry' || record.quarantine === null) continue;
    count += 1;
    await use(record.quarantine, (quarantine) => records.with(index, { ...record, quarantine }));
  }
  expect(count).toBe(11);
}
