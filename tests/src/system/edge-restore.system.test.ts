/** A damaged edge that gets its backup back: nothing that the hub had acked is lost, and nothing is booked twice. */
import { readFileSync, writeFileSync } from 'node:fs';
import { systemPorts, uuidV7 } from '@holdfast/base';
import { backupEdge, pathsOf, restoreEdge } from '@holdfast/edge';
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

async function sell(edge: TestEdge, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1)
    ids.push((await edge.client.sell(saleOf('10.00'), uuidV7(systemPorts))).edge_transaction_id);
  return ids;
}

const listOf = async (edge: TestEdge) =>
  (await edge.client.transactions({ limit: 1000 })).transactions.map((row) => row.edge_transaction_id);
const inLedger = async () => (await ledgerOf(world.operator)).map((row) => row.edge_transaction_id).sort();

/** Damages every page but the first, as a disk that dies may. */
function damage(edge: TestEdge): void {
  const path = pathsOf(edge.options).database;
  const bytes = readFileSync(path);
  bytes.fill(0x55, 4096 + 100);
  writeFileSync(path, bytes);
}

async function untilWhole(edge: TestEdge, ids: string[]): Promise<void> {
  await until('the list is whole', async () => (await listOf(edge)).length >= ids.length);
  await untilSynced(edge);
  expect((await listOf(edge)).sort()).toEqual([...ids].sort());
  expect(await inLedger()).toEqual([...ids].sort());
  await world.report();
  const books = await world.operator.reconciliation();
  expect([books.balanced, books.streams.map(({ missing, gaps }) => ({ missing, gaps }))]).toEqual([
    true,
    books.streams.map(() => ({ missing: 0, gaps: [] })),
  ]);
}

describe('an edge whose store is damaged', () => {
  it('says so, and is whole again after a restore', async () => {
    const edge = await world.addEdge();
    const early = await sell(edge, 4);
    await untilSynced(edge);
    const { options } = edge;
    const { file } = await backupEdge({ options, ports: systemPorts });
    const since = await sell(edge, 3);
    await untilSynced(edge);
    await edge.close();
    damage(edge);
    await expect(edge.restart()).rejects.toMatchObject({ code: 'store_damaged' });
    await restoreEdge({ options, ports: systemPorts, file });
    await edge.restart();
    const late = await sell(edge, 2);
    await untilWhole(edge, [...early, ...since, ...late]);
  });

  it('is whole again also when what waited in the backup was acked and pruned since', async () => {
    const edge = await world.addEdge({ flags: { '--retention-days': '0', '--sync-strategy': 'schedule' } });
    const early = await sell(edge, 4);
    const { options } = edge;
    const { file } = await backupEdge({ options, ports: systemPorts });
    const since = await sell(edge, 3);
    await edge.client.push();
    const { feed, pruning } = edge.running.context;
    await feed.look();
    expect(await pruning.pruneNow()).toBe(7);
    await edge.close();
    await restoreEdge({ options, ports: systemPorts, file });
    await edge.restart();
    const late = await sell(edge, 2);
    await edge.client.push();
    await untilWhole(edge, [...early, ...since, ...late]);
  });
});
