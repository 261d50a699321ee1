/** An edge that pruned, and what becomes of its sales when the hub, too, loses something. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemPorts, uuidV7 } from '@holdfast/base';
import { initEdge, pathsOf } from '@holdfast/edge';
import { DEMO_STORE } from '@holdfast/hub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Constellation,
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

const AT_ONCE = { '--retention-days': '0' };

async function sell(edge: TestEdge, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1)
    ids.push((await edge.client.sell(saleOf('10.00'), uuidV7(systemPorts))).edge_transaction_id);
  return ids;
}

async function prune(edge: TestEdge): Promise<number> {
  await untilSynced(edge);
  const { feed, pruning } = edge.running.context;
  await feed.look();
  return await pruning.pruneNow();
}

const loseArchive = (folder: string) => rmSync(join(folder, 'archive'), { recursive: true });

const inLedger = async () => (await ledgerOf(world.operator)).map((row) => row.edge_transaction_id).sort();
const attentionOf = async (edge: TestEdge) => (await edge.client.status()).attention;

describe('an edge that has pruned', () => {
  it('lists its sales, answers repeated keys, sells on, and says where a receipt is to be found', async () => {
    const edge = await world.addEdge({ flags: AT_ONCE });
    const early = await sell(edge, 5);
    const before = (await edge.client.transactions({ limit: 9 })).transactions;
    expect(await prune(edge)).toBe(5);
    const late = await sell(edge, 3);
    await untilSynced(edge);
    const rows = (await edge.client.transactions({ limit: 9 })).transactions;
    expect(rows.map((row) => [row.edge_transaction_id, row.pruned])).toEqual([
      ...late.toReversed().map((id) => [id, false]),
      ...early.toReversed().map((id) => [id, true]),
    ]);
    expect(rows.slice(3).map((row) => row.receipt_code)).toEqual(before.map((row) => row.receipt_code));
    expect(await edge.client.sell(saleOf('10.00'), early[0] ?? '')).toMatchObject({ replayed: true });
    const headers = { authorization: `Bearer ${edge.running.apiToken}` };
    for (const ending of ['txt', 'svg', 'escpos']) {
      const url = `${edge.running.url}/edge/transactions/${early[0]}/receipt.${ending}`;
      const answer = await fetch(url, { headers });
      expect([answer.status, await answer.json()]).toMatchObject([410, { code: 'sale_pruned' }]);
    }
    await edge.restart(AT_ONCE);
    await sell(edge, 1);
    await untilSynced(edge);
    expect((await inLedger()).length).toBe(9);
    await world.report();
    const [stream] = (await world.operator.reconciliation()).streams;
    expect(stream).toMatchObject({ state: 'complete', missing: 0 });
  });

  it('keeps everything that is younger than its retention', async () => {
    const edge = await world.addEdge();
    await sell(edge, 3);
    expect(await prune(edge)).toBe(0);
  });

  it('gives a hub that lost its database and archive what it still holds', async () => {
    const edge = await world.addEdge({ flags: AT_ONCE });
    const copy = await world.stopHubAndCopy();
    await world.restoreHub(copy);
    const gone = await sell(edge, 4);
    expect(await prune(edge)).toBe(4);
    await edge.restart();
    const held = await sell(edge, 3);
    await untilSynced(edge);
    await world.restoreHub(copy, loseArchive);
    const waiting = await sell(edge, 2);
    await until('all is in the ledger', async () => (await inLedger()).length === 5);
    await untilSynced(edge);
    expect(await inLedger()).toEqual([...held, ...waiting].sort());
    expect(await attentionOf(edge)).toContain('archive');
    const rows = (await edge.client.transactions({ limit: 20 })).transactions;
    expect(rows.map((row) => row.edge_transaction_id).sort()).toEqual([...gone, ...held, ...waiting].sort());
    // It does not go on and on.
    const { incarnation } = await edge.client.status();
    await world.report();
    await world.report();
    const late = await sell(edge, 1);
    await untilSynced(edge);
    expect((await edge.client.status()).incarnation).toBe(incarnation);
    expect(await inLedger()).toEqual([...held, ...waiting, ...late].sort());
  });

  it('notices by the feed alone, with nothing to send', async () => {
    const edge = await world.addEdge({ flags: AT_ONCE });
    const copy = await world.stopHubAndCopy();
    await world.restoreHub(copy);
    await sell(edge, 4);
    await prune(edge);
    await edge.restart();
    const held = await sell(edge, 2);
    await untilSynced(edge);
    await world.restoreHub(copy, loseArchive);
    await until('what is held came back', async () => {
      await world.report();
      return (await inLedger()).length === 2;
    });
    expect(await inLedger()).toEqual([...held].sort());
    expect(await attentionOf(edge)).toContain('archive');
  });

  it('gives a hub that was wiped all it holds, once it is enrolled again', async () => {
    const edge = await world.addEdge({ flags: AT_ONCE });
    const gone = await sell(edge, 3);
    await prune(edge);
    await edge.restart();
    const held = await sell(edge, 4);
    await untilSynced(edge);
    await world.wipeHub();
    const late = await sell(edge, 2);
    const { claim_token } = await world.operator.createClaim(DEMO_STORE.store_id);
    await edge.client.enrol({ hub_url: world.hub.url, claim_token });
    await untilSynced(edge);
    expect(await inLedger()).toEqual([...held, ...late].sort());
    expect(await attentionOf(edge)).toContain('archive');
    const rows = (await edge.client.transactions({ limit: 20 })).transactions;
    expect(rows.length).toBe(gone.length + held.length + late.length);
  });
});

describe('an edge whose store was lost', () => {
  it('starts as a new device, and the hub tells what the old one had not sent', async () => {
    const edge = await world.addEdge({ flags: { '--sync-strategy': 'schedule' } });
    const sent = await sell(edge, 2);
    await edge.client.push();
    await sell(edge, 3);
    await world.report();
    await edge.close();
    const paths = pathsOf(edge.options);
    rmSync(paths.database);
    await expect(edge.restart()).rejects.toThrow('holdfast init --replace-lost-store');
    await initEdge({ options: edge.options, ports: systemPorts, replaceLostStore: true });
    await edge.restart();
    const { claim_token } = await world.operator.createClaim(DEMO_STORE.store_id);
    await edge.client.enrol({ hub_url: world.hub.url, claim_token });
    const late = await sell(edge, 1);
    await edge.client.push();
    await world.report();
    expect(await inLedger()).toEqual([...sent, ...late].sort());
    const { streams } = await world.operator.reconciliation();
    expect(streams.map(({ state, missing, acked_seq }) => ({ state, missing, acked_seq }))).toEqual(
      expect.arrayContaining([
        { state: 'waiting', missing: 3, acked_seq: 2 },
        { state: 'complete', missing: 0, acked_seq: 1 },
      ]),
    );
  });
});
