/** An ingest over a database of its own and an archive that is new for every test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, must, systemPorts } from '@holdfast/base';
import { createVerifier } from '@holdfast/crypto';
import type { AckStatement, BatchAnswer } from '@holdfast/protocol';
import { createLogger, createMetrics } from '@holdfast/runtime';
import type { Pool } from 'pg';
import { openFolderArchive } from '../archive/folder-archive.ts';
import { withTestDatabase } from '../postgres/testing.ts';
import { openPool } from '../store/pool.ts';
import { createIngest, type Ingest } from './ingest.ts';
import type { TestDevice } from './testing.ts';

export const MAC_KEY = Buffer.alloc(32, 7);
export const GENERATION = 'a'.repeat(32);
export const RECEIVED_MS = Date.parse('2026-05-01T12:30:00.000Z');

export type TestIngest = {
  readonly pool: Pool;
  readonly ingest: Ingest;
  /** The archive's. */
  readonly folder: string;
  send(device: TestDevice, raw: Buffer, contentEncoding?: string): Promise<BatchAnswer>;
  /** The ack; any other answer fails. */
  sendAcked(device: TestDevice, raw: Buffer): Promise<AckStatement>;
  /** Sends a JSON batch. */
  sendJson(device: TestDevice, items: readonly object[]): Promise<{ synced_ids: string[] }>;
  /** Rows of the device's tenant. */
  count(table: string, device: TestDevice): Promise<number>;
  /** A new archive, and the first generation again. */
  reset(): Promise<void>;
  close(): Promise<void>;
};

/** Opens one; call `reset` before each test. */
export async function openTestIngest(): Promise<TestIngest> {
  const database = await withTestDatabase();
  const logger = createLogger({ level: 'silent', service: 'test' });
  const pool = await openPool({ databaseUrl: database.url, connectionsMax: 20, ports: systemPorts, logger });
  const state: { ingest?: Ingest; folder: string } = { folder: '' };
  const ingest = () => must(state.ingest, 'reset comes first');
  const send: TestIngest['send'] = async (device, raw, contentEncoding) => {
    const { answer } = await ingest().accept({ device, contentEncoding, raw, receivedAtMs: RECEIVED_MS });
    return answer;
  };
  return {
    pool,
    get ingest() {
      return ingest();
    },
    get folder() {
      return state.folder;
    },
    send,
    async sendAcked(device, raw) {
      const answer = await send(device, raw);
      assert(answer.answer === 'acked', `expected an ack, got ${JSON.stringify(answer)}`);
      return answer.ack;
    },
    sendJson(device, items) {
      const raw = Buffer.from(JSON.stringify(items));
      return ingest().acceptJson({ device, contentEncoding: undefined, raw, receivedAtMs: RECEIVED_MS });
    },
    async count(table, device) {
      const { rows } = await pool.query(`SELECT count(*)::int AS n FROM ${table} WHERE tenant_id = $1`, [
        device.tenant_id,
      ]);
      return must(rows[0], 'a count is a row').n;
    },
    async reset() {
      await rm(state.folder, { recursive: true, force: true });
      state.folder = await mkdtemp(join(tmpdir(), 'holdfast-archive-'));
      await pool.query(
        `INSERT INTO hub_meta VALUES ('generation', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
        [GENERATION],
      );
      const archive = openFolderArchive({ folder: state.folder });
      const metrics = createMetrics({ process: false });
      const shared = { pool, ports: systemPorts, logger, metrics, archive };
      state.ingest = createIngest({ ...shared, macKey: MAC_KEY, verifier: createVerifier() });
    },
    async close() {
      await pool.end();
      await database.drop();
      await rm(state.folder, { recursive: true, force: true });
    },
  };
}
