/** What it is all for: everything dies in the middle of selling, nobody does anything, and the ledger is right. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, systemPorts, uuidV7 } from '@holdfast/base';
import {
  createEdgeClient,
  createHubOperatorClient,
  type EdgeClient,
  fetchTransport,
  LinkError,
} from '@holdfast/client';
import type { SaleReceipt } from '@holdfast/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually, freePorts, killHard, processesOf, startHoldfast, type TestRun } from './testing.ts';

const TIMEOUT_MS = 180_000;
const CLIENTS = 16;
const SALES = 1_000;
/** Acknowledged sales after which the first blow falls; the other clients' sales are in flight then. */
const BLOW_AFTER = 400;

let root: string;
let folder: string;
let hubPort: number;
let runs: TestRun[];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-done-'));
  // PostgreSQL may run as another user than this test.
  chmodSync(root, 0o755);
  folder = join(root, 'data');
  hubPort = await freePorts(2);
  runs = [];
});

afterEach(async () => {
  const left = () => runs.flatMap(({ pid }) => processesOf({ pgid: pid, folder }));
  for (const { pid } of left()) killHard(pid);
  await eventually(() => (left().length === 0 ? true : undefined));
  rmSync(root, { recursive: true, force: true });
});

function start(): TestRun {
  const ports = ['--hub-port', String(hubPort), '--edge-port', String(hubPort + 1)];
  const run = startHoldfast(['dev', '--data', folder, ...ports]);
  runs.push(run);
  return run;
}

/** Waits for the banner; a run that ends before it fails the test with what it said. */
async function ready(run: TestRun): Promise<void> {
  const failed = run.ended.then(({ code }) => {
    throw new Error(`ended with ${code}: ${run.stderr()}`);
  });
  await Promise.race([eventually(() => run.stdout().includes('What to try') || undefined), failed]);
}

async function target(name: 'hub' | 'edge-1', port: number) {
  const token = (await readFile(join(folder, name, 'api-token'), 'utf8')).trim();
  return { baseUrl: `http://127.0.0.1:${port}`, token, transport: fetchTransport };
}

/** Kills the process of the current run whose command has these words; nothing else is done about it. */
function kill(words: RegExp): void {
  const { pid: pgid } = must(runs.at(-1), 'something runs');
  const seen = processesOf({ pgid, folder }).find(({ command }) => words.test(command));
  killHard(must(seen, `there is a process ${words}`).pid);
}

/** Undefined where there was no answer, which makes a client try again. An answer that refuses a sale is wrong. */
function noAnswer(error: unknown): undefined {
  if (error instanceof LinkError) return undefined;
  throw error;
}

type Sold = { key: string; sale: object; receipt: SaleReceipt };

/**
 * Clients that take all sales between them, each under a key of its own that is repeated until there is an answer.
 * `onAcknowledged` hears how many have one.
 */
async function sellAll(edge: EdgeClient, onAcknowledged: (count: number) => void): Promise<Sold[]> {
  const sold: Sold[] = [];
  let next = 0;
  const client = async () => {
    while (next < SALES) {
      next += 1;
      const key = uuidV7(systemPorts);
      const unit_price = `${next % 97}.${String(next % 100).padStart(2, '0')}`;
      const sale = { cashier_id: 'astrid', items: [{ sku: 'X', name: 'X', quantity: 1, unit_price }] };
      const receipt = await eventually(() => edge.sell(sale, key).catch(noAnswer));
      sold.push({ key, sale, receipt });
      onAcknowledged(sold.length);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return sold;
}

const cents = (rows: readonly { amount_total: string }[]) =>
  rows.reduce((sum, { amount_total }) => sum + BigInt(amount_total.replace('.', '')), 0n);

const blows = [
  {
    name: 'the whole group dies while 16 clients sell, and PostgreSQL as the link comes back',
    whileSelling: () => {
      killHard(-must(runs.at(-1), 'something runs').pid);
      start();
    },
    asTheLinkComesBack: () => kill(/native\/bin\/postgres/),
  },
  {
    name: 'the hub alone dies while 16 clients sell, and again as the link comes back',
    whileSelling: () => kill(/hub start/),
    asTheLinkComesBack: () => kill(/hub start/),
  },
];

describe('a thousand sales stand in the ledger once, to the cent, by themselves', () => {
  test.each(blows)('$name', { timeout: TIMEOUT_MS }, async (blow) => {
    await ready(start());
    const edge = createEdgeClient(await target('edge-1', hubPort + 1));
    await edge.setLink('offline');
    const sold = await sellAll(edge, (count) => count === BLOW_AFTER && blow.whileSelling());
    await ready(must(runs.at(-1), 'something runs'));
    expect((await edge.status()).lanes[0]).toMatchObject({ pending: SALES, acked_seq: 0 });
    for (const { key, sale, receipt } of sold.filter((_, index) => index % 50 === 0))
      expect(await edge.sell(sale, key)).toEqual({ ...receipt, replayed: true });

    const backMs = systemPorts.clock.monotonicMs();
    blow.asTheLinkComesBack();
    await edge.setLink('auto');
    const hub = createHubOperatorClient(await target('hub', hubPort));
    const ledger = await eventually(async () => {
      const rows = (await hub.transactions({ limit: SALES }).catch(() => undefined))?.transactions;
      return rows !== undefined && rows.length >= SALES ? rows : undefined;
    });
    const tookMs = Math.round(systemPorts.clock.monotonicMs() - backMs);
    process.stderr.write(`${blow.name}: the ledger was whole ${tookMs} ms after the link came back\n`);

    const receipts = sold.map(({ receipt }) => receipt);
    const idAndCode = (row: { edge_transaction_id: string; receipt_code: string }) =>
      `${row.edge_transaction_id} ${row.receipt_code}`;
    expect(ledger.map(idAndCode).sort()).toEqual(receipts.map(idAndCode).sort());
    expect(cents(ledger)).toBe(cents(receipts));
    const reconciled = startHoldfast(['reconcile', '--config', join(folder, 'hub', 'hub.toml')]);
    expect(await reconciled.ended, reconciled.stdout()).toEqual({ code: 0, signal: null });
    expect(reconciled.stdout()).toContain(`${SALES} sales, `);
  });
});
