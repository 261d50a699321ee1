/** A hub on a real PostgreSQL and edges enrolled with it, in one process; each with folders of its own. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ports, systemPorts } from '@holdfast/base';
import {
  createEdgeClient,
  createHubOperatorClient,
  type EdgeClient,
  fetchTransport,
  type HubOperatorClient,
  type Transport,
} from '@holdfast/client';
import { openKey } from '@holdfast/crypto';
import {
  type EdgeOptions,
  edgeOptions,
  initEdge,
  pathsOf,
  type RunningEdge,
  startEdge,
} from '@holdfast/edge';
import { DEMO_STORE, hubOptions, type RunningHub, seedDemo, startHub } from '@holdfast/hub';
import { createLogger, loadOptions } from '@holdfast/runtime';
import Database from 'better-sqlite3-multiple-ciphers';

const logger = createLogger({ level: 'silent', service: 'constellation' });

export type TestEdge = {
  readonly running: RunningEdge;
  readonly client: EdgeClient;
  readonly options: EdgeOptions;
  readonly isOpen: boolean;
  /** Ends the process's part and starts it again on the same data. */
  restart(flags?: Record<string, string>): Promise<void>;
  close(): Promise<void>;
};

export type Constellation = {
  readonly hub: RunningHub;
  readonly operator: HubOperatorClient;
  /** Starts an edge and, unless told otherwise, enrols it with the demonstration store. */
  addEdge(settings?: {
    flags?: Record<string, string>;
    enrol?: boolean;
    transport?: Transport;
    ports?: Ports;
    prepare?: (options: EdgeOptions) => Promise<void>;
  }): Promise<TestEdge>;
  /** Every running edge tells the hub how it stands, as it does every poll interval. */
  report(): Promise<void>;
  /** Ends the hub, does something else, and starts it again, on the same port. */
  restartHub(meanwhile?: () => void | Promise<void>): Promise<void>;
  /** Ends the hub and copies its database; its keys and its archive lie elsewhere. */
  stopHubAndCopy(): Promise<string>;
  /** Puts a copy of the database in the place of the hub's, does `also` to its folder, and starts the hub again. */
  restoreHub(copy: string, also?: (hubFolder: string) => void): Promise<void>;
  /** Takes the hub's database, archive and MAC key; the root of the tenant and the store stay. */
  wipeHub(): Promise<void>;
  setDeviceState(deviceId: string | null, state: string): Promise<void>;
  /** Kills PostgreSQL's first process, as the kernel would when memory runs out. */
  killPostgres(): Promise<void>;
  close(): Promise<void>;
};

/** A hub with `hubFlags` beside its own; edges are added one by one. */
export async function startConstellation(hubFlags: Record<string, string> = {}): Promise<Constellation> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-system-'));
  chmodSync(folder, 0o755); // PostgreSQL's user must be able to enter.
  const hubFolder = join(folder, 'hub');
  let hub = await startTestHub(hubFolder, { ...hubFlags, '--port': '0' });
  await seedDemo(hub.context);
  const edges: TestEdge[] = [];
  const operatorOf = () =>
    createHubOperatorClient({ baseUrl: hub.url, token: hub.operatorToken, transport: fetchTransport });
  const again = async (between: () => void | Promise<void>) => {
    await hub.close();
    await between();
    hub = await startTestHub(hubFolder, { ...hubFlags, '--port': String(hub.port) });
  };
  return {
    get hub() {
      return hub;
    },
    get operator() {
      return operatorOf();
    },
    async addEdge({ enrol = true, ...settings } = {}) {
      const data = join(folder, `edge-${edges.length + 1}`);
      const edge = await startTestEdge({
        flags: {},
        ...settings,
        load: (flags) => edgeOptionsFor(data, hub, flags),
      });
      edges.push(edge);
      if (enrol) {
        const { claim_token } = await operatorOf().createClaim(DEMO_STORE.store_id);
        await edge.client.enrol({ hub_url: hub.url, claim_token });
      }
      return edge;
    },
    async report() {
      for (const edge of edges) if (edge.isOpen) await edge.running.context.feed.look();
    },
    restartHub: (meanwhile = () => undefined) => again(meanwhile),
    async stopHubAndCopy() {
      await hub.close();
      const copy = join(folder, 'hub-copy');
      execFileSync('cp', ['-a', join(hubFolder, 'postgres'), copy]); // Owners and modes too.
      return copy;
    },
    restoreHub: (copy, also = () => undefined) =>
      again(() => {
        replaceFolder(join(hubFolder, 'postgres'), copy);
        also(hubFolder);
      }),
    async wipeHub() {
      await again(() => {
        for (const name of ['postgres', 'archive', 'mac-key'])
          rmSync(join(hubFolder, name), { recursive: true });
      });
      await seedDemo(hub.context);
    },
    setDeviceState: (deviceId, state) => setDeviceState(hub, deviceId, state),
    async killPostgres() {
      const [pid] = readFileSync(join(hubFolder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n');
      process.kill(Number(pid), 'SIGKILL');
    },
    async close() {
      for (const edge of edges) await edge.close();
      await hub.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startTestHub(folder: string, flags: Record<string, string>): Promise<RunningHub> {
  const options = loadOptions(hubOptions, { env: {}, flags: { '--data': folder, ...flags } });
  return await startHub({ options, ports: systemPorts, logger, signal: new AbortController().signal });
}

function edgeOptionsFor(data: string, hub: RunningHub, flags: Record<string, string>): EdgeOptions {
  const own = { '--data': data, '--port': '0', '--reserve-bytes': '65536', '--hub-url': hub.url };
  return loadOptions(edgeOptions, { env: {}, flags: { ...own, ...flags } });
}

/** Puts a copy in the place of a folder; owners and modes come with it. */
function replaceFolder(folder: string, copy: string): void {
  execFileSync('cp', ['-a', copy, `${folder}-new`]);
  rmSync(folder, { recursive: true });
  renameSync(`${folder}-new`, folder);
}

async function setDeviceState(hub: RunningHub, deviceId: string | null, state: string): Promise<void> {
  const answer = await fetch(`${hub.url}/api/v1/devices/${deviceId}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${hub.operatorToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ state }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function startTestEdge(settings: {
  load: (flags: Record<string, string>) => EdgeOptions;
  flags: Record<string, string>;
  transport?: Transport;
  ports?: Ports;
  prepare?: (options: EdgeOptions) => Promise<void>;
}): Promise<TestEdge> {
  const { ports = systemPorts } = settings;
  let options = settings.load(settings.flags);
  await initEdge({ options, ports });
  await settings.prepare?.(options);
  const start = async () =>
    await startEdge({
      options,
      ports,
      logger,
      ...(settings.transport && { transport: settings.transport }),
    });
  let running = await start();
  let open = true;
  return {
    get running() {
      return running;
    },
    get client() {
      return createEdgeClient({ baseUrl: running.url, token: running.apiToken, transport: fetchTransport });
    },
    get options() {
      return options;
    },
    get isOpen() {
      return open;
    },
    async restart(flags = {}) {
      if (open) await running.close();
      options = settings.load({ ...settings.flags, ...flags });
      running = await start();
      open = true;
    },
    async close() {
      if (open) await running.close();
      open = false;
    },
  };
}

/** Takes from the store of a stopped edge what later schemas added: it is as version 1 left it. */
export function downgrade(options: EdgeOptions): void {
  const paths = pathsOf(options);
  const opened = openKey({ text: readFileSync(paths.key, 'utf8') });
  if (opened.kind !== 'ok') throw new Error(opened.reason);
  const db = new Database(paths.database);
  db.pragma(`cipher = '${options.cipher}'`);
  db.key(Buffer.concat([Buffer.from('raw:'), opened.secret]));
  db.exec(`
    DROP TABLE card_payment;
    DROP TABLE workflow_record;
    DROP TABLE workflow_instance;
    DROP TABLE workflow_current;
    DROP TABLE workflow_definition;
    DROP TABLE workflow_schedule;
    DROP INDEX edge_transactions_pending;
    DROP TABLE pin_lock;
    ALTER TABLE catalogue_item DROP COLUMN snapshot;
    ALTER TABLE staff DROP COLUMN snapshot;
    ALTER TABLE stream DROP COLUMN pruned_seq;
    ALTER TABLE stream DROP COLUMN pruned_hash;
    PRAGMA user_version = 1;
  `);
  db.close();
}

/** A sale over `amount`, with contents that make it about 500 bytes of text. */
export function saleOf(amount: string | number): object {
  return {
    cashier_id: 'astrid',
    customer_reference: null,
    items: [{ sku: 'latte', name: 'Caffè latte', quantity: 1, unit_price: amount }],
    currency: 'SEK',
  };
}

/** Waits until `check` gives a value; fails with `what` after `timeoutMs`. */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined | false>,
  timeoutMs = 15_000,
): Promise<T> {
  const endMs = systemPorts.clock.monotonicMs() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (systemPorts.clock.monotonicMs() > endMs) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await systemPorts.timers.sleep(50);
  }
}

/** Waits until nothing waits at an edge. */
export async function untilSynced(edge: TestEdge, timeoutMs = 15_000): Promise<void> {
  await until(
    'the edge has nothing waiting',
    async () => (await edge.client.status()).lanes.every((lane) => lane.pending === 0),
    timeoutMs,
  );
}

/** Every transaction of the ledger, page by page. */
export async function ledgerOf(operator: HubOperatorClient) {
  const rows = [];
  let cursor: string | undefined;
  do {
    const page = await operator.transactions({ limit: 1000, ...(cursor !== undefined && { cursor }) });
    rows.push(...page.transactions);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}
