/** Bad days that the wire's answers are for, with the real hub and real stores: nothing is lost, nothing booked twice. */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { must, systemPorts, uuidV7 } from '@holdfast/base';
import { fetchTransport, LinkError } from '@holdfast/client';
import { pathsOf } from '@holdfast/edge';
import { backupHub, type HubRestore, type RestoreSource, restoreHub, seedDemo } from '@holdfast/hub';
import { createLogger } from '@holdfast/runtime';
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

const logger = createLogger({ level: 'silent', service: 'recovery' });

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

describe('a hub whose database was put back', () => {
  it('finds what it lacks in its archive, before it answers', async () => {
    const { edge, sold, backup } = await sellPastACopy();
    await world.restoreHub(backup);
    await expectLedger(sold);
    const last = await sell(edge, 2);
    await untilSynced(edge);
    await expectLedger([...sold, ...last]);
  });

  it('without its archive is told by the acks that devices hold, and gets back what it lost', async () => {
    const { edge, sold, backup } = await sellPastACopy();
    const { generation } = await edge.client.status();
    await world.restoreHub(backup, (folder) => rmSync(join(folder, 'archive'), { recursive: true }));
    const last = await sell(edge, 2);
    await until('the ledger has everything again', async () => (await ledgerOf(world.operator)).length >= 9);
    await untilSynced(edge);
    await expectLedger([...sold, ...last]);
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

/** What `holdfast hub restore` does, to the hub of this world. */
async function restoreFrom(source: RestoreSource) {
  const { settings } = world.hub.context;
  const done: { restored?: HubRestore } = {};
  await world.restartHub(async () => {
    const input = { settings, source, dropOld: true, ports: systemPorts, logger, onStep: () => undefined };
    done.restored = await restoreHub(input);
  });
  return must(done.restored, 'a restore that fails throws');
}

/** Articles and people that an edge knows, as they are shown at its tills. */
async function knownTo(edge: TestEdge): Promise<{ articles: number; people: number }> {
  const ask = async (path: string) =>
    await (
      await fetch(`${edge.running.url}${path}`, {
        headers: { authorization: `Bearer ${edge.running.apiToken}` },
      })
    ).json();
  const { items } = await ask('/api/v1/catalogue');
  const { staff } = await ask('/api/v1/staff');
  return { articles: items.length, people: staff.length };
}

describe('a hub restored by its own commands', () => {
  const idle = { flags: { '--sync-poll-seconds': '1' } };

  it('has what came after the backup again, also of a device that is younger than it', async () => {
    const old = await world.addEdge(idle);
    const before = await sell(old, 3);
    await untilSynced(old);
    const { folder } = await backupHub({
      settings: world.hub.context.settings,
      test: true,
      ports: systemPorts,
      logger,
      onStep: () => undefined,
    });
    const young = await world.addEdge(idle);
    const after = [...(await sell(old, 2)), ...(await sell(young, 4))];
    await untilSynced(old);
    await untilSynced(young);
    await young.client.setLink('offline');
    const waiting = await sell(young, 2);
    const { replay } = await restoreFrom({ kind: 'backup', folder });
    expect(replay).toMatchObject({ entries: { replayed: 6 }, gaps: [], damaged: [] });
    expect((await ledgerOf(world.operator)).length).toBe(9);
    await young.client.setLink('auto');
    const late = [...(await sell(old, 1)), ...(await sell(young, 1))];
    await untilSynced(old);
    await untilSynced(young);
    await expectLedger([...before, ...after, ...waiting, ...late]);
    for (const edge of [old, young]) {
      const { attention, generation, lanes } = await edge.client.status();
      expect(attention).toBeNull();
      expect(generation).toBe((await old.client.status()).generation);
      expect(lanes.every(({ pending }) => pending === 0)).toBe(true);
    }
  });

  it('comes back from the archive alone, and its stores go on with the articles and the people they know', async () => {
    const edges = [await world.addEdge(idle), await world.addEdge(idle)];
    const ids: string[] = [];
    for (const edge of edges) ids.push(...(await sell(edge, 3)));
    for (const edge of edges) await untilSynced(edge);
    const known = await Promise.all(edges.map(knownTo));
    expect(known[0]?.people).toBeGreaterThan(0);
    await edges[0]?.client.setLink('offline');
    ids.push(...(await sell(must(edges[0], 'there are two'), 2)));
    const { settings } = world.hub.context;
    await world.restartHub(async () => {
      rmSync(settings.postgresFolder, { recursive: true });
      await restoreHub({
        ...{ settings, source: { kind: 'archive' }, dropOld: false, ports: systemPorts, logger },
        onStep: () => undefined,
      });
    });
    expect((await ledgerOf(world.operator)).length).toBe(6);
    await edges[0]?.client.setLink('auto');
    for (const edge of edges) ids.push(...(await sell(edge, 1)));
    for (const edge of edges) await untilSynced(edge);
    await expectLedger(ids);
    await world.report();
    expect(await Promise.all(edges.map(knownTo))).toEqual(known);
    for (const edge of edges) expect((await edge.client.status()).attention).toBeNull();
    const third = await world.addEdge(idle);
    ids.push(...(await sell(third, 1)));
    await untilSynced(third);
    await expectLedger(ids);
  });

  it('restored again to an older backup, with sales under way, loses and repeats nothing', async () => {
    const edge = await world.addEdge(idle);
    const ids = await sell(edge, 2);
    await untilSynced(edge);
    const { settings } = world.hub.context;
    const made = { settings, test: false, ports: systemPorts, logger, onStep: () => undefined };
    const { folder } = await backupHub(made);
    for (let round = 0; round < 3; round += 1) {
      const selling = sell(edge, 20);
      await restoreFrom({ kind: 'backup', folder });
      ids.push(...(await selling));
      await until('the edge has nothing waiting', async () => {
        await world.report().catch(() => undefined);
        return (await ledgerOf(world.operator)).length === ids.length;
      });
    }
    await untilSynced(edge);
    await expectLedger(ids);
  });
});

describe('a hub that lost everything, keys as well', () => {
  it('is a stranger: the edge says so and sells on, and gives it all it holds once it is enrolled again', async () => {
    const edge = await world.addEdge({ flags: { '--sync-poll-seconds': '1' } });
    const acked = await sell(edge, 3);
    await untilSynced(edge);
    const { dataFolder } = world.hub.context.settings;
    await world.restartHub(() => rmSync(dataFolder, { recursive: true }));
    await seedDemo(world.hub.context);
    const later = await sell(edge, 2);
    await until('the edge says so', async () =>
      (await edge.client.status()).attention?.includes('does not know this device'),
    );
    expect((await listOf(edge)).map((row) => row.edge_transaction_id)).toEqual(
      [...acked, ...later].reverse(),
    );
    const { claim_token } = await world.operator.createClaim('STHLM-001');
    await edge.client.enrol({ hub_url: world.hub.url, claim_token });
    await untilSynced(edge);
    await expectLedger([...acked, ...later]);
    expect((await edge.client.status()).attention).toBeNull();
  });
});

describe('a device that was suspended with sales that wait', () => {
  it('hands them in, they wait at the hub, and are booked when it is active again', async () => {
    const edge = await world.addEdge({ flags: { '--sync-poll-seconds': '1' } });
    const before = await sell(edge, 2);
    await untilSynced(edge);
    await edge.client.setLink('offline');
    const waiting = await sell(edge, 3);
    const { device_id } = await edge.client.status();
    await world.setDeviceState(device_id, 'suspended');
    await edge.client.setLink('auto');
    await untilSynced(edge);
    const { entries } = await world.operator.quarantine();
    expect(entries.map(({ op_id, reason }) => [op_id, reason])).toEqual(
      waiting.map((id) => [id, 'device_suspended']),
    );
    await until('the edge says so', async () =>
      (await edge.client.status()).attention?.includes('suspended'),
    );
    expect((await ledgerOf(world.operator)).length).toBe(2);
    await world.setDeviceState(device_id, 'active');
    await until('it is told', async () => (await edge.client.status()).attention === null);
    await expectLedger([...before, ...waiting]);
  });
});

describe('a device that was revoked', () => {
  it('hands in what waits, which a person then books', async () => {
    const edge = await world.addEdge({ flags: { '--sync-poll-seconds': '1' } });
    await edge.client.setLink('offline');
    const waiting = await sell(edge, 2);
    await world.setDeviceState((await edge.client.status()).device_id, 'revoked');
    await edge.client.setLink('auto');
    await untilSynced(edge);
    expect(await ledgerOf(world.operator)).toEqual([]);
    const { entries } = await world.operator.quarantine();
    expect(entries.map(({ reason }) => reason)).toEqual(['device_revoked', 'device_revoked']);
    for (const { device_id, incarnation, lane, seq } of entries)
      await world.operator.resolveQuarantine({ device_id, incarnation, lane, seq, resolution: 'book' });
    expect((await ledgerOf(world.operator)).map((row) => row.edge_transaction_id).sort()).toEqual(
      [...waiting].sort(),
    );
  });

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

/** Three sales, a copy of the hub's database, and four more. */
async function sellPastACopy() {
  const edge = await world.addEdge();
  const before = await sell(edge, 3);
  await untilSynced(edge);
  const backup = await world.stopHubAndCopy();
  await world.restartHub();
  const after = await sell(edge, 4);
  await untilSynced(edge);
  return { edge, sold: [...before, ...after], backup };
}
