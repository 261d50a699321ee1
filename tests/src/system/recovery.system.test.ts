/** Bad days that the wire's answers are for, with the real hub and real stores: nothing is lost, nothing booked twice. */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemPorts, uuidV7 } from '@holdfast/base';
import { fetchTransport, LinkError } from '@holdfast/client';
import { pathsOf } from '@holdfast/edge';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Constellation,
  downgrade,
  ledgerOf,
  saleOf,
  startConstellation,
  type TestEdge,
  until,
  untilSynced,
} from './constellation.ts';

let world: Constellation;
beforeEach(async () => {
  world = await startConstellation();
});
afterEach(async () => await world.close());

async function sell(edge: TestEdge, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1)
    ids.push((await edge.client.sell(saleOf('10.00'), uuidV7(systemPorts))).edge_transaction_id);
  return ids;
}

async function expectLedger(ids: string[]): Promise<void> {
  const rows = await ledgerOf(world.operator);
  expect(rows.map((row) => row.edge_transaction_id).sort()).toEqual([...ids].sort());
  await world.report();
  const books = await world.operator.reconciliation();
  expect(books.balanced).toBe(true);
  expect(books.streams.map(({ missing, gaps, quarantined }) => ({ missing, gaps, quarantined }))).toEqual(
    books.streams.map(() => ({ missing: 0, gaps: [], quarantined: 0 })),
  );
}

/** Everything in an edge's own list. */
async function listOf(edge: TestEdge) {
  const rows = [];
  let cursor: string | undefined;
  do {
    const page = await edge.client.transactions({ limit: 1000, ...(cursor !== undefined && { cursor }) });
    rows.push(...page.transactions);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}

/** What a sale is to people, wherever it is kept. */
const factsOf = (rows: Awaited<ReturnType<typeof listOf>>) =>
  rows.map(({ id: _, synced_at, ...facts }) => ({ ...facts, isSynced: synced_at !== null }));

async function untilListed(edge: TestEdge, count: number): Promise<void> {
  await until('the list is whole again', async () => (await listOf(edge)).length >= count);
}

async function receiptOf(edge: TestEdge, id: string): Promise<string> {
  const answer = await fetch(`${edge.running.url}/edge/transactions/${id}/receipt.txt`, {
    headers: { authorization: `Bearer ${edge.running.apiToken}` },
  });
  expect(answer.status).toBe(200);
  return await answer.text();
}

/** Copies the database of an edge, which is stopped meanwhile. */
async function copyOf(edge: TestEdge): Promise<string> {
  await edge.close();
  const copy = join(pathsOf(edge.options).folder, 'copy.db');
  cpSync(pathsOf(edge.options).database, copy);
  await edge.restart();
  return copy;
}

/** Replaces the database of a stopped edge by a copy of itself. */
function restore(edge: TestEdge, from: string, { forgetSentinel }: { forgetSentinel: boolean }): void {
  const paths = pathsOf(edge.options);
  for (const ending of ['', '-wal', '-shm']) {
    rmSync(`${paths.database}${ending}`, { force: true });
    if (existsSync(`${from}${ending}`)) cpSync(`${from}${ending}`, `${paths.database}${ending}`);
  }
  if (forgetSentinel) rmSync(paths.sentinel);
}

describe('an edge restored from a copy', () => {
  for (const forgetSentinel of [false, true]) {
    it(`keeps every sale, ${forgetSentinel ? 'told by the fork at the hub' : 'told by its sentinel'}`, async () => {
      const edge = await world.addEdge();
      const early = await sell(edge, 3);
      await untilSynced(edge);
      const copy = await copyOf(edge);
      const lost = await sell(edge, 4);
      await untilSynced(edge);
      const before = await listOf(edge);
      await edge.close();
      restore(edge, copy, { forgetSentinel });
      await edge.restart();
      const late = await sell(edge, 5);
      await untilSynced(edge);
      await untilListed(edge, 12);
      const after = await listOf(edge);
      expect(after.map((row) => row.edge_transaction_id)).toEqual([...early, ...lost, ...late].reverse());
      expect(factsOf(after.slice(5))).toEqual(factsOf(before));
      expect(await receiptOf(edge, lost[0] ?? '')).toContain(before[3]?.receipt_code);
      const again = await edge.client.sell(saleOf('10.00'), lost[3] ?? '');
      expect(again).toMatchObject({ replayed: true, receipt_code: before[0]?.receipt_code });
      await untilSynced(edge);
      await expectLedger([...early, ...lost, ...late]);
    });
  }

  it('gets its lost sales back page by page, also when it is restarted in between', async () => {
    let pagesLeft = Number.POSITIVE_INFINITY;
    const edge = await world.addEdge({
      transport: async (request) => {
        if (request.url.includes('/sync/entries')) pagesLeft -= 1;
        if (pagesLeft < 0) throw new LinkError('unreachable', 'no page now');
        return await fetchTransport(request);
      },
    });
    const copy = await copyOf(edge);
    const lost: string[] = [];
    await Promise.all(Array.from({ length: 10 }, async () => lost.push(...(await sell(edge, 50)))));
    await untilSynced(edge);
    await edge.close();
    restore(edge, copy, { forgetSentinel: false });
    pagesLeft = 1;
    await edge.restart();
    await untilListed(edge, 200);
    const late = await sell(edge, 1);
    expect((await listOf(edge)).length).toBe(201);
    await edge.close();
    pagesLeft = Number.POSITIVE_INFINITY;
    await edge.restart();
    await untilListed(edge, 501);
    expect(new Set((await listOf(edge)).map((row) => row.edge_transaction_id))).toEqual(
      new Set([...lost, ...late]),
    );
    await untilSynced(edge);
    await expectLedger([...lost, ...late]);
  });
});

describe('a cloned disk', () => {
  it('is noticed; both sides sell on, and after enrolling again all of it is booked', async () => {
    const original = await world.addEdge();
    const before = await sell(original, 2);
    await untilSynced(original);
    await original.close();
    const twin = await world.addEdge({
      enrol: false,
      prepare: async (options) => {
        rmSync(options.dataFolder, { recursive: true });
        cpSync(pathsOf(original.options).folder, options.dataFolder, { recursive: true });
      },
    });
    await original.restart();
    const ofOriginal = await sell(original, 3);
    await until('the original is heard', async () => (await ledgerOf(world.operator)).length >= 5);
    const ofTwin = await sell(twin, 3);
    await until('one side is told', async () => {
      await sell(original, 1).then((ids) => ofOriginal.push(...ids));
      const states = await Promise.all(
        [original, twin].map(async (edge) => (await edge.client.status()).attention),
      );
      return states.some((attention) => attention?.includes('enrol'));
    });
    for (const edge of [original, twin]) {
      if (!(await edge.client.status()).attention?.includes('enrol')) continue;
      const { claim_token } = await world.operator.createClaim('STHLM-001');
      await edge.client.enrol({ hub_url: world.hub.url, claim_token });
      expect((await edge.client.status()).attention).toBeNull();
    }
    await untilSynced(original);
    await untilSynced(twin);
    await expectLedger([...before, ...ofOriginal, ...ofTwin]);
  });
});

describe('a hub restored from a backup', () => {
  it('is told by the acks that devices hold, and gets back what it lost', async () => {
    const edge = await world.addEdge();
    const before = await sell(edge, 3);
    await untilSynced(edge);
    const backup = await world.stopHubAndCopy();
    await world.restartHub();
    const after = await sell(edge, 4);
    await untilSynced(edge);
    const generation = (await edge.client.status()).generation;
    await world.restoreHub(backup);
    const last = await sell(edge, 2);
    await until('the ledger has everything again', async () => (await ledgerOf(world.operator)).length >= 9);
    await untilSynced(edge);
    await expectLedger([...before, ...after, ...last]);
    expect((await edge.client.status()).generation).not.toBe(generation);
  });
});

describe('a hub restored from a backup while edges are idle', () => {
  it('is told by what edges hear of it, and gets closed streams back too', async () => {
    const edge = await world.addEdge({ flags: { '--sync-poll-seconds': '1' } });
    const first = await sell(edge, 2);
    await untilSynced(edge);
    const backup = await world.stopHubAndCopy();
    await world.restartHub();
    const second = await sell(edge, 3);
    await untilSynced(edge);
    // A new incarnation closes the stream that the hub is about to forget the end of.
    await edge.running.context.writer.submit({ type: 'rewrap', why: 'restored' });
    const third = await sell(edge, 2);
    await untilSynced(edge);
    await world.restoreHub(backup);
    await until('the ledger has everything again', async () => (await ledgerOf(world.operator)).length >= 7);
    await untilSynced(edge);
    await expectLedger([...first, ...second, ...third]);
  });
});

describe('a device that was revoked', () => {
  it('says so, sells on, and enrols again with a key of its own', async () => {
    const edge = await world.addEdge({ flags: { '--sync-poll-seconds': '1' } });
    const before = await sell(edge, 2);
    await untilSynced(edge);
    const { device_id } = await edge.client.status();
    await world.setDeviceState(device_id, 'revoked');
    await until('the edge says so', async () => (await edge.client.status()).attention?.includes('revoked'));
    const { claim_token } = await world.operator.createClaim('STHLM-001');
    await edge.client.enrol({ hub_url: world.hub.url, claim_token });
    expect((await edge.client.status()).attention).toBeNull();
    expect((await edge.client.status()).device_id).not.toBe(device_id);
    const after = await sell(edge, 2);
    await untilSynced(edge);
    await expectLedger([...before, ...after]);
  });
});

describe('PostgreSQL killed while a thousand sales go up', () => {
  it('delays them, and that is all', async () => {
    const edge = await world.addEdge();
    await edge.client.setLink('offline');
    const ids: string[] = [];
    await Promise.all(Array.from({ length: 8 }, async () => ids.push(...(await sell(edge, 125)))));
    await edge.client.setLink('auto');
    await world.killPostgres();
    await untilSynced(edge, 30_000);
    await expectLedger(ids);
  });
});

describe('a store of the first schema with sales that wait', () => {
  it('opens, sells and syncs', async () => {
    const edge = await world.addEdge({ enrol: false, flags: { '--store-id': 'STHLM-001' } });
    const ids = await sell(edge, 3);
    await edge.close();
    downgrade(edge.options);
    await edge.restart();
    ids.push(...(await sell(edge, 2)));
    const { claim_token } = await world.operator.createClaim('STHLM-001');
    await edge.client.enrol({ hub_url: world.hub.url, claim_token });
    await untilSynced(edge);
    await expectLedger(ids);
  });
});
