import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, systemPorts } from '@holdfast/base';
import { createVerifier } from '@holdfast/crypto';
import type { AckStatement } from '@holdfast/protocol';
import { createLogger, createMetrics } from '@holdfast/runtime';
import type { Pool } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createIngest } from '../ingest/ingest.ts';
import { addSales, batchOf, enrolDevice, type TestDevice } from '../ingest/testing.ts';
import { type TestDatabase, withTestDatabase } from '../postgres/testing.ts';
import { openPool } from '../store/pool.ts';
import type { Archive } from './archive.ts';
import { createArchiveCatchUp } from './catch-up.ts';
import { openFolderArchive } from './folder-archive.ts';
import { createIdentityKeeper } from './keep-identities.ts';

const logger = createLogger({ level: 'silent', service: 'test' });
const metrics = () => createMetrics({ process: false });
let database: TestDatabase;
let pool: Pool;
let folder: string;
let archive: Archive;

beforeEach(async () => {
  database = await withTestDatabase();
  pool = await openPool({ databaseUrl: database.url, connectionsMax: 4, ports: systemPorts, logger });
  await pool.query("INSERT INTO hub_meta VALUES ('generation', $1)", ['a'.repeat(32)]);
  folder = await mkdtemp(join(tmpdir(), 'holdfast-archive-'));
  archive = openFolderArchive({ folder });
});

afterEach(async () => {
  await pool.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function send(device: TestDevice, raw: Buffer): Promise<AckStatement> {
  const ingest = createIngest({
    pool,
    ports: systemPorts,
    logger,
    metrics: metrics(),
    macKey: Buffer.alloc(32),
    archive,
    verifier: createVerifier(),
  });
  const { answer } = await ingest.accept({ device, contentEncoding: undefined, raw, receivedAtMs: 0 });
  assert(answer.answer === 'acked', `expected an ack, got ${JSON.stringify(answer)}`);
  return answer.ack;
}

const macKey = Buffer.alloc(32);
const catchUp = () => {
  const parts = { pool, archive, macKey, metrics: metrics(), logger };
  return createArchiveCatchUp({ ...parts, identities: createIdentityKeeper(parts), ports: systemPorts });
};

test('archives later what could not be archived at once, as it would have been', async () => {
  const device = await enrolDevice(pool);
  addSales(device, 6);
  const batches = [
    batchOf(device, { to: 2 }),
    batchOf(device, { from: 3, to: 5 }),
    batchOf(device, { from: 6 }),
  ];
  await writeFile(join(folder, 'staging'), 'in the way');
  for (const raw of batches) expect((await send(device, raw)).safe_seq).toBe(0);
  await expect(catchUp().once()).rejects.toThrow();
  await rm(join(folder, 'staging'));
  expect(await catchUp().once()).toBe(3);
  expect(await catchUp().once()).toBe(0);
  const { rows } = await pool.query('SELECT acked_seq, safe_seq FROM stream');
  expect(rows).toEqual([{ acked_seq: 6n, safe_seq: 6n }]);
  const place = join(folder, device.tenant_id, device.device_id, `${device.incarnation}-transactions`);
  expect((await readdir(place)).sort()).toEqual(['1-2.ndjson', '3-5.ndjson', '6-6.ndjson']);
  const texts = await Promise.all(
    ['1-2', '3-5', '6-6'].map((name) => readFile(join(place, `${name}.ndjson`), 'utf8')),
  );
  const withoutHead = (text: string) => text.slice(text.indexOf('\n') + 1);
  expect(texts.map(withoutHead)).toEqual(batches.map((raw) => withoutHead(raw.toString())));
});

test('a later batch is safe as soon as what was before it is', async () => {
  const device = await enrolDevice(pool);
  addSales(device, 4);
  await writeFile(join(folder, 'staging'), 'in the way');
  await send(device, batchOf(device, { to: 1 }));
  await rm(join(folder, 'staging'));
  expect((await send(device, batchOf(device, { from: 2, to: 2 }))).safe_seq).toBe(0);
  await catchUp().once();
  expect((await send(device, batchOf(device, { from: 3 }))).safe_seq).toBe(4);
});

test('an erased body leaves the chain of the segment whole', async () => {
  const device = await enrolDevice(pool);
  addSales(device, 2);
  await writeFile(join(folder, 'staging'), 'in the way');
  await send(device, batchOf(device));
  await rm(join(folder, 'staging'));
  await pool.query('UPDATE entry SET body = NULL WHERE seq = 1');
  await catchUp().once();
  const place = join(
    folder,
    device.tenant_id,
    device.device_id,
    `${device.incarnation}-transactions`,
    '1-2.ndjson',
  );
  const lines = (await readFile(place, 'utf8')).split('\n');
  expect([lines[1], lines[2]]).toEqual([device.entries[0]?.headerLine, 'null']);
});
