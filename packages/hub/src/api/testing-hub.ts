/** A hub for tests: the real one, over a real socket, on a database of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, systemPorts } from '@holdfast/base';
import type { ClaimAnswer } from '@holdfast/protocol';
import { createLogger, loadOptions } from '@holdfast/runtime';
import { hubOptions } from '../config/options.ts';
import { withTestDatabase } from '../postgres/testing.ts';
import { type RunningHub, startHub } from '../start.ts';
import { createTestDevice, type TestDevice } from './testing-device.ts';

export const TEST_STORE = {
  store_id: 'STHLM-001',
  name: 'Kaffebaren Slussen',
  currency: 'SEK',
  time_zone: 'Europe/Stockholm',
};

export type TestHub = {
  readonly hub: RunningHub;
  readonly url: string;
  /** A request of the operator; `body` is sent as JSON. */
  operate(method: string, path: string, body?: unknown): Promise<Response>;
  /** The JSON of an answer to the operator that must be a success. */
  ask<T>(method: string, path: string, body?: unknown): Promise<T>;
  claim(storeId?: string): Promise<string>;
  /** A device that has joined a store. */
  enrolled(storeId?: string): Promise<TestDevice>;
  close(): Promise<void>;
};

/** Starts a hub with {@link TEST_STORE}. */
export async function startTestHub(flags: Record<string, string> = {}): Promise<TestHub> {
  const database = await withTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-hub-'));
  const options = loadOptions(hubOptions, {
    env: {},
    flags: { '--data': folder, '--port': '0', '--database-url': database.url, ...flags },
  });
  const logger = createLogger({ level: 'fatal', service: 'hub' });
  const stop = new AbortController();
  const hub = await startHub({ options, ports: systemPorts, logger, signal: stop.signal });
  const { url } = hub;
  const test: TestHub = {
    hub,
    url,
    operate: (method, path, body) =>
      fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${hub.operatorToken}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async ask<T>(method: string, path: string, body?: unknown) {
      const answer = await test.operate(method, path, body);
      const text = await answer.text();
      assert(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
    async claim(storeId = TEST_STORE.store_id) {
      const { claim_token } = await test.ask<ClaimAnswer>('POST', '/api/v1/claims', { store_id: storeId });
      return claim_token;
    },
    async enrolled(storeId) {
      const device = createTestDevice(url);
      const answer = await device.register(await test.claim(storeId));
      assert(answer.status === 201, `enrolment: ${answer.status}`);
      return device;
    },
    async close() {
      await hub.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await test.ask('POST', '/api/v1/locations', TEST_STORE);
  return test;
}
