/** A hub for tests of backup and restore: it is closed and started again on the same folder and the same database. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, systemPorts } from '@holdfast/base';
import type { ClaimAnswer } from '@holdfast/protocol';
import { createLogger, loadOptions } from '@holdfast/runtime';
import { createTestDevice, NDJSON, type TestDevice } from '../api/testing-device.ts';
import { TEST_STORE } from '../api/testing-hub.ts';
import { hubOptions } from '../config/options.ts';
import { type HubSettings, loadSettings } from '../config/settings.ts';
import { withTestDatabase } from '../postgres/testing.ts';
import { type RunningHub, startHub } from '../start.ts';
import { type BackupInput, backupHub, type HubBackup } from './backup-hub.ts';
import { type HubRestore, type RestoreSource, restoreHub } from './restore-hub.ts';

export const logger = createLogger({ level: 'silent', service: 'hub' });

export type HubLife = {
  readonly folder: string;
  readonly settings: HubSettings;
  readonly hub: RunningHub;
  start(): Promise<RunningHub>;
  stop(): Promise<void>;
  /** A device that has joined {@link TEST_STORE}, which is made. */
  enrolled(): Promise<TestDevice>;
  /** Sends what a device has from `firstSeq` on; the answer is a success. */
  send(device: TestDevice, firstSeq?: number): Promise<void>;
  operate(method: string, path: string, body?: unknown): Promise<Response>;
  /** References of all sales in the ledger: their amounts, in the order of their booking. */
  ledger(): Promise<string[]>;
  backup(changes?: Partial<BackupInput>): Promise<HubBackup>;
  restore(source: RestoreSource): Promise<HubRestore>;
  close(): Promise<void>;
};

/** Begins a life; `start` comes next. */
export async function beginHubLife(): Promise<HubLife> {
  const database = await withTestDatabase({ migrated: false });
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-life-'));
  const flags = { '--data': join(folder, 'hub'), '--port': '0', '--database-url': database.url };
  const options = loadOptions(hubOptions, { env: {}, flags });
  const settings = await loadSettings(options);
  const running: { hub?: RunningHub } = {};
  const hub = () => {
    assert(running.hub !== undefined, 'the hub was started');
    return running.hub;
  };
  const life: HubLife = {
    folder,
    settings,
    get hub() {
      return hub();
    },
    async start() {
      const { signal } = new AbortController();
      running.hub = await startHub({ options, ports: systemPorts, logger, signal });
      return running.hub;
    },
    stop: () => hub().close(),
    operate: (method, path, body) =>
      fetch(`${hub().url}${path}`, {
        method,
        headers: { authorization: `Bearer ${hub().operatorToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async enrolled() {
      await life.operate('POST', '/api/v1/locations', TEST_STORE);
      const claim = await life.operate('POST', '/api/v1/claims', { store_id: TEST_STORE.store_id });
      // The answer of our own endpoint.
      const { claim_token } = (await claim.json()) as ClaimAnswer;
      const device = createTestDevice(hub().url);
      const answer = await device.register(claim_token);
      assert(answer.status === 201, `enrolment: ${answer.status}`);
      return device;
    },
    async send(device, firstSeq = 1) {
      const path = '/api/v1/transactions/batch';
      const body = device.batch(firstSeq);
      const answer = await device.send({ method: 'POST', path, body, contentType: NDJSON });
      assert(answer.ok, `batch: ${answer.status} ${await answer.text()}`);
    },
    async ledger() {
      const { rows } = await hub().context.pool.query<{ amount_minor: bigint }>(
        'SELECT amount_minor FROM booking ORDER BY booking_no',
      );
      return rows.map(({ amount_minor }) => String(amount_minor));
    },
    backup: (changes) =>
      backupHub({ settings, test: true, ports: systemPorts, logger, onStep: () => {}, ...changes }),
    restore: (source) =>
      restoreHub({ settings, source, dropOld: true, ports: systemPorts, logger, onStep: () => {} }),
    async close() {
      await running.hub?.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return life;
}
