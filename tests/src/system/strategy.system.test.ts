/** Each trigger of `sync.strategy` by itself, between a real edge and a real hub. The link is up all the while. */
import { systemPorts, uuidV7 } from '@holdfast/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Constellation,
  ledgerOf,
  saleOf,
  startConstellation,
  type TestEdge,
  until,
  untilSynced,
} from './constellation.ts';

/** Longer than any test: a trigger with this time does not come about. */
const NEVER_S = '3600';
/** Long enough for every other trigger, had it been on: the loop looks at them each second. */
const WATCH_MS = 3_000;
const BETWEEN_SALES_MS = 100;

let world: Constellation;
beforeAll(async () => {
  world = await startConstellation();
});
afterAll(async () => await world.close());

const laneOf = async (edge: TestEdge) => (await edge.client.status()).lanes[0];

async function sell(edge: TestEdge): Promise<string> {
  return (await edge.client.sell(saleOf('10.00'), uuidV7(systemPorts))).edge_transaction_id;
}

/** An edge whose link is up; nothing has been sold. */
async function edgeWith(flags: Record<string, string>): Promise<TestEdge> {
  const edge = await world.addEdge({ flags });
  await untilOnline(edge);
  return edge;
}

function untilOnline(edge: TestEdge): Promise<unknown> {
  return until('the link is up', async () => (await edge.client.status()).link.state === 'online');
}

/** Sells as long as the other triggers would need, with the link going down and up in between. */
async function sellForAWhile(edge: TestEdge): Promise<string[]> {
  const sold: string[] = [];
  const endMs = systemPorts.clock.monotonicMs() + WATCH_MS;
  while (systemPorts.clock.monotonicMs() < endMs) {
    sold.push(await sell(edge));
    if (sold.length === 10) await edge.client.setLink('offline');
    if (sold.length === 12) await edge.client.setLink('auto');
    await systemPorts.timers.sleep(BETWEEN_SALES_MS);
  }
  expect((await edge.client.status()).link.state).toBe('online');
  return sold;
}

async function ledgerHolds(sold: readonly string[]): Promise<void> {
  const ids = (await ledgerOf(world.operator)).map((row) => row.edge_transaction_id);
  expect(ids.filter((id) => sold.includes(id)).sort()).toEqual([...sold].sort());
}

describe('the only trigger', { timeout: 60_000 }, () => {
  it('schedule pushes nothing before its time, and then all of it', async () => {
    const strategy = { '--sync-strategy': 'schedule', '--sync-idle-seconds': '0.1' };
    const edge = await edgeWith({ ...strategy, '--sync-schedule-seconds': NEVER_S });
    const sold = await sellForAWhile(edge);
    await systemPorts.timers.sleep(WATCH_MS);
    expect(await laneOf(edge)).toMatchObject({ pending: sold.length, acked_seq: 0 });
    await edge.restart({ '--sync-schedule-seconds': '2' });
    await untilSynced(edge);
    await ledgerHolds(sold);
    sold.push(await sell(edge), await sell(edge));
    await untilSynced(edge);
    await ledgerHolds(sold);
    await edge.close();
  });

  it('idle pushes nothing while somebody sells, and then all of it', async () => {
    const strategy = { '--sync-strategy': 'idle', '--sync-schedule-seconds': '1' };
    const edge = await edgeWith({ ...strategy, '--sync-idle-seconds': '2' });
    const sold = await sellForAWhile(edge);
    expect(await laneOf(edge)).toMatchObject({ pending: sold.length, acked_seq: 0 });
    await untilSynced(edge);
    await ledgerHolds(sold);
    await edge.close();
  });

  it('connectivity pushes as soon as the link is up', async () => {
    const strategy = { '--sync-strategy': 'connectivity', '--sync-schedule-seconds': NEVER_S };
    const edge = await edgeWith({ ...strategy, '--sync-idle-seconds': NEVER_S });
    await edge.client.setLink('offline');
    const sold = [await sell(edge), await sell(edge)];
    await systemPorts.timers.sleep(WATCH_MS);
    expect(await laneOf(edge)).toMatchObject({ pending: 2, acked_seq: 0 });
    await edge.client.setLink('auto');
    await untilSynced(edge);
    await ledgerHolds(sold);
    await edge.close();
  });

  it.each(['schedule', 'idle'])('%s does not keep a person from pushing', async (strategy) => {
    const edge = await edgeWith({
      '--sync-strategy': strategy,
      '--sync-schedule-seconds': NEVER_S,
      '--sync-idle-seconds': NEVER_S,
    });
    const sold = [await sell(edge), await sell(edge)];
    expect(await edge.client.push()).toMatchObject({ pushed: 2, pending: 0, online: true });
    await ledgerHolds(sold);
    await edge.close();
  });
});
