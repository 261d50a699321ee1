/** The disk of a hub fails while it takes batches: under its archive, and under the log of its PostgreSQL. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, systemPorts as ports, uuidV7 } from '@holdfast/base';
import {
  createEdgeClient,
  createHubOperatorClient,
  type EdgeClient,
  fetchTransport,
  type HubOperatorClient,
} from '@holdfast/client';
import { DEMO_STORE, exportArchive } from '@holdfast/hub';
import { verifyExport } from '@holdfast/verify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EdgeChild, spawnEdge } from '../support/edge-child.ts';
import { mustStart } from '../support/edge-lives.ts';
import { type HubChild, spawnHub } from '../support/hub-child.ts';
import { ledgerOf, saleOf, until } from '../system/constellation.ts';
import { attachFault, childrenOf, fileThreads } from './attached-fault.ts';

const SALES = 5;

let folder: string;
let hub: HubChild;
let hubUrl: string;
let operator: HubOperatorClient;
let edgeChild: EdgeChild;
let edge: EdgeClient;

const hubFolder = () => join(folder, 'hub');

async function startHub(port: string, demo: boolean): Promise<void> {
  hub = spawnHub({ cacheFolder: join(folder, 'cache') });
  const ready = await hub.start({ flags: { '--data': hubFolder(), '--port': port }, demo });
  hubUrl = ready.url;
  operator = createHubOperatorClient({
    baseUrl: ready.url,
    token: ready.operatorToken,
    transport: fetchTransport,
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-hub-faults-'));
  chmodSync(folder, 0o755); // PostgreSQL's user must be able to enter.
  mkdirSync(join(folder, 'cache'));
  await startHub('0', true);
  const { claim_token } = await operator.createClaim(DEMO_STORE.store_id);
  edgeChild = spawnEdge({ cacheFolder: join(folder, 'cache') });
  const flags = { '--data': join(folder, 'edge'), '--port': '0', '--reserve-bytes': '65536' };
  const ready = await mustStart(edgeChild, {
    flags: { ...flags, '--hub-url': hubUrl, '--claim-token': claim_token },
  });
  edge = createEdgeClient({ baseUrl: ready.url, token: ready.apiToken, transport: fetchTransport });
  await until('the edge is enrolled', async () => (await edge.status()).enrolled);
});
afterAll(async () => {
  await edgeChild.kill();
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});

const lane = async () => must((await edge.status()).lanes[0], 'an edge has a lane');

async function sell(): Promise<void> {
  for (let sale = 0; sale < SALES; sale += 1) await edge.sell(saleOf('45.00'), uuidV7(ports));
}

const SYNC_MS = 120_000;
const untilAcked = async () =>
  await until('everything is acked', async () => (await lane()).pending === 0, SYNC_MS);
const untilSafe = async () =>
  await until(
    'everything is safe',
    async () => {
      const { safe_seq, tip_seq } = await lane();
      return safe_seq === tip_seq;
    },
    SYNC_MS,
  );

/** Every sale of the edge is in the ledger, once. */
async function mustBeBooked(): Promise<void> {
  const rows = await ledgerOf(operator);
  expect(new Set(rows.map((row) => row.edge_transaction_id)).size).toBe(rows.length);
  expect(rows.length).toBe((await lane()).tip_seq);
}

/** Sells while calls fail, until all of it is acked. */
async function sellUnderFault(fault: Omit<Parameters<typeof attachFault>[0], 'log'>): Promise<void> {
  const attached = await attachFault({ ...fault, log: join(folder, 'strace.log') });
  let hits = 0;
  try {
    await sell();
    await untilAcked();
  } finally {
    hits = await attached.end();
  }
  expect(hits).toBeGreaterThan(0);
}

const archiveThreads = () => fileThreads(must(hub.pid, 'the hub was spawned'));

// Not `write`: the threads wake each other with it, and a thread that cannot ends the process.
test.each([
  ['fsync', 'EIO'],
  ['fsync', 'ENOSPC'],
  ['rename', 'EIO'],
  ['openat', 'EIO'],
  ['openat', 'ENOSPC'],
] as const)(
  'an archive whose %s gives %s costs safety, not the ack, until the disk works again',
  async (syscall, failure) => {
    await sell();
    await untilSafe();
    const before = (await lane()).safe_seq;
    await sellUnderFault({ threads: archiveThreads(), syscalls: [syscall], failure });
    expect((await lane()).safe_seq).toBe(before);
    await hub.kill();
    await startHub(new URL(hubUrl).port, false); // It looks after its archive at each start.
    await sell();
    await untilSafe();
    const verified = await verifyExport(exportArchive(join(hubFolder(), 'archive'), { nowMs: 0 }));
    expect(verified.findings).toEqual([]);
    expect(verified.counts.entries).toBe((await lane()).tip_seq);
    await mustBeBooked();
  },
);

test('an archive that fails once is made up for while the hub runs', async () => {
  await sell();
  await untilSafe();
  await sellUnderFault({ threads: archiveThreads(), syscalls: ['fsync'], failure: 'EIO', once: true });
  await untilSafe();
  await mustBeBooked();
});

test('a PostgreSQL whose log cannot be synced panics, and nothing was acked that it lost', async () => {
  await sell();
  await untilAcked();
  const pidFile = readFileSync(join(hubFolder(), 'postgres/data/postmaster.pid'), 'utf8');
  const threads = childrenOf(Number(pidFile.split('\n')[0]));
  await sellUnderFault({ threads, syscalls: ['fsync', 'fdatasync'], failure: 'EIO', once: true });
  expect(readFileSync(join(hubFolder(), 'postgres/postgres.log'), 'utf8')).toMatch(/PANIC: .*could not/);
  await untilSafe();
  await mustBeBooked();
  expect((await operator.reconciliation()).streams.map(({ state }) => state)).toEqual(['complete']);
});
