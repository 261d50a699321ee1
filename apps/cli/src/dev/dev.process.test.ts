import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, systemPorts, uuidV7 } from '@holdfast/base';
import { createEdgeClient, createHubOperatorClient, fetchTransport } from '@holdfast/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, freePorts, killHard, processesOf, startHoldfast, type TestRun } from './testing.ts';

const TIMEOUT_MS = 90_000;

let root: string;
let folder: string;
let hubPort: number;
let run: TestRun;
const started: TestRun[] = [];
const sold: string[] = [];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-dev-'));
  // PostgreSQL may run as another user than this test.
  chmodSync(root, 0o755);
  folder = join(root, 'data');
  hubPort = await freePorts(3);
});

afterAll(async () => {
  for (const { pid } of started) {
    for (const seen of processesOf({ pgid: pid, folder })) killHard(seen.pid);
  }
  await eventually(() => (started.every(({ pid }) => left(pid).length === 0) ? true : undefined));
  rmSync(root, { recursive: true, force: true });
});

function start(more: string[] = []): TestRun {
  const words = ['dev', '--data', folder, '--hub-port', String(hubPort), '--edge-port', String(hubPort + 1)];
  const next = startHoldfast([...words, ...more]);
  started.push(next);
  return next;
}

/** Waits for the banner; a run that ends before it fails the test with what it said. */
function ready(of: TestRun): Promise<void> {
  const banner = eventually(() => (of.stdout().includes('What to try') ? true : undefined));
  const failed = of.ended.then(({ code }) => {
    throw new Error(`ended with ${code}: ${of.stderr()}`);
  });
  return Promise.race([banner.then(() => {}), failed]);
}

function left(pgid: number, inFolder = folder): string[] {
  return processesOf({ pgid, folder: inFolder }).map(({ command }) => command);
}

/** The child that runs these words, as a process of the current run. */
function childOf(pattern: RegExp): number | undefined {
  return processesOf({ pgid: run.pid, folder }).find(({ command }) => pattern.test(command))?.pid;
}

async function edge(index = 1) {
  const token = (await readFile(join(folder, `edge-${index}`, 'api-token'), 'utf8')).trim();
  const baseUrl = `http://127.0.0.1:${hubPort + index}`;
  return createEdgeClient({ baseUrl, token, transport: fetchTransport });
}

async function hub() {
  const token = (await readFile(join(folder, 'hub', 'api-token'), 'utf8')).trim();
  return createHubOperatorClient({
    baseUrl: `http://127.0.0.1:${hubPort}`,
    token,
    transport: fetchTransport,
  });
}

/** Sells once; an edge that is being started again is asked again under the same key. */
async function sell(): Promise<void> {
  const key = uuidV7(systemPorts);
  const sale = { cashier_id: 'astrid', items: [{ sku: 'X', name: 'X', quantity: 1, unit_price: '10.00' }] };
  const receipt = await eventually(async () => (await edge()).sell(sale, key).catch(() => undefined));
  sold.push(receipt.edge_transaction_id);
}

/** Waits until the ledger holds exactly what was sold. */
async function ledgerHoldsAll(): Promise<void> {
  const inLedger = await eventually(async () => {
    const answer = await (await hub()).transactions({ limit: 1000 }).catch(() => undefined);
    return (answer?.transactions.length ?? 0) >= sold.length ? answer?.transactions : undefined;
  });
  expect(inLedger.map((row) => row.edge_transaction_id).sort()).toEqual([...sold].sort());
}

async function restarted(pattern: RegExp): Promise<void> {
  const before = must(childOf(pattern), `there is a process ${pattern}`);
  killHard(before);
  await eventually(() => {
    const now = childOf(pattern);
    return now !== undefined && now !== before ? true : undefined;
  });
}

describe('holdfast dev', () => {
  test('starts everything, and a sale reaches the hub', { timeout: TIMEOUT_MS }, async () => {
    run = start(['--edges', '2']);
    await ready(run);
    expect(run.stdout()).toMatch(/http:\/\/127\.0\.0\.1:\d+\/docs/);
    expect(run.stdout()).toContain('Astrid');
    for (const [port, service] of [
      [hubPort, 'hub'],
      [hubPort + 1, 'edge'],
      [hubPort + 2, 'edge'],
    ]) {
      const health = await fetch(`http://127.0.0.1:${port}/health`);
      expect(await health.json()).toMatchObject({ status: 'ok', service });
    }
    expect(statSync(join(folder, 'edge-1', 'api-token')).mode & 0o777).toBe(0o600);
    expect((await (await edge(1)).status()).store_id).toBe((await (await edge(2)).status()).store_id);
    await sell();
    await ledgerHoldsAll();
  });

  test('refuses a port that is taken and a folder in use, in one sentence', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const port = await freePorts(1);
    const server = createServer().listen(port, '127.0.0.1');
    const words = ['dev', '--edge-port', String(await freePorts(1))];
    const taken = startHoldfast([...words, '--data', join(root, 'other'), '--hub-port', String(port)]);
    const inUse = startHoldfast([...words, '--data', folder, '--hub-port', String(await freePorts(1))]);
    started.push(taken, inUse);
    expect((await taken.ended).code).toBe(1);
    expect(taken.stderr()).toContain(`Port ${port} is in use by another process (--hub-port).`);
    expect(left(taken.pid, join(root, 'other'))).toEqual([]);
    expect((await inUse.ended).code).toBe(1);
    expect(inUse.stderr()).toContain(`uses the data folder ${folder}`);
    expect(`${taken.stderr()}${inUse.stderr()}`).not.toMatch(/\n\s+at /);
    server.close();
    // The run that holds the folder is left alone.
    expect(run.stderr()).not.toContain('ended by itself');
  });

  test('starts an edge, the hub and PostgreSQL again when they are killed', {
    timeout: TIMEOUT_MS,
  }, async () => {
    await restarted(/edge start .*edge-1/);
    await sell();
    await restarted(/hub start/);
    await sell();
    await ledgerHoldsAll();
    await restarted(/native\/bin\/postgres/);
    await sell();
    await ledgerHoldsAll();
    await restarted(/postgres start/);
    await sell();
    await ledgerHoldsAll();
    expect(run.stderr()).toContain('edge-1 ended by itself (SIGKILL)');
  });

  test('SIGINT stops everything', { timeout: TIMEOUT_MS }, async () => {
    process.kill(run.pid, 'SIGINT');
    expect(await run.ended).toEqual({ code: 0, signal: null });
    expect(left(run.pid)).toEqual([]);
    expect(run.stderr()).toContain('Everything has stopped');
  });

  test('finds its data again, also right after the group was killed', { timeout: TIMEOUT_MS }, async () => {
    run = start();
    await ready(run);
    await ledgerHoldsAll();
    await (await edge()).setLink('offline');
    await sell();
    killHard(-run.pid);
    run = start();
    await ready(run);
    await sell();
    await (await edge()).setLink('auto');
    await ledgerHoldsAll();
  });

  test('Ctrl-C, which the whole group gets, stops everything', { timeout: TIMEOUT_MS }, async () => {
    process.kill(-run.pid, 'SIGINT');
    expect(await run.ended).toEqual({ code: 0, signal: null });
    await eventually(() => (left(run.pid).length === 0 ? true : undefined));
  });

  test('leaves nothing when the supervisor alone is killed', { timeout: TIMEOUT_MS }, async () => {
    run = start();
    await ready(run);
    killHard(run.pid);
    await eventually(() => (left(run.pid).length === 0 ? true : undefined));
    run = start();
    await ready(run);
    await ledgerHoldsAll();
  });
});
