/** The drills that do not fail at once, between a real edge and a real hub: a silent link, and one that loses half. */
import { type Ports, systemPorts, uuidV7 } from '@holdfast/base';
import { fetchTransport, LinkError, type Transport } from '@holdfast/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSeed, seeded } from '../support/seeded.ts';
import {
  type Constellation,
  ledgerOf,
  saleOf,
  startConstellation,
  type TestEdge,
  until,
  untilSynced,
} from './constellation.ts';

const CLIENTS = 16;
const SALES = 1_000;

let world: Constellation;
beforeAll(async () => {
  world = await startConstellation();
});
afterAll(async () => await world.close());

const linkOf = async (edge: TestEdge) => (await edge.client.status()).link;

async function sell(edge: TestEdge): Promise<string> {
  return (await edge.client.sell(saleOf('10.00'), uuidV7(systemPorts))).edge_transaction_id;
}

async function ledgerHoldsExactly(sold: readonly string[], before: readonly string[]): Promise<void> {
  const ids = (await ledgerOf(world.operator)).map((row) => row.edge_transaction_id);
  expect(ids.sort()).toEqual([...before, ...sold].sort());
}

/**
 * Ports with which pauses pass in a tenth of their time: a link that comes and goes has many. The drill draws from
 * `unit`, which the seed repeats; keys and salts stay what they are.
 */
function hurriedPorts(seed: number): Ports {
  const { clock, random, timers } = systemPorts;
  return {
    clock: { nowMs: clock.nowMs, monotonicMs: () => clock.monotonicMs() * 10 },
    random: { bytes: random.bytes, unit: seeded(seed).unit },
    timers: {
      after: (delayMs, fn) => timers.after(delayMs / 10, fn),
      sleep: (delayMs, signal) => timers.sleep(delayMs / 10, signal),
    },
  };
}

/** The drill loses what has not been sent. This loses the first answer to a batch, which the hub has committed. */
function losesAnAnswer(): Transport {
  let isLost = false;
  return async (request) => {
    const answer = await fetchTransport(request);
    if (isLost || !request.url.endsWith('/transactions/batch')) return answer;
    isLost = true;
    throw new LinkError('unreachable', 'The answer was lost');
  };
}

const ledgerIds = async () => (await ledgerOf(world.operator)).map((row) => row.edge_transaction_id);

describe('a drill', { timeout: 120_000 }, () => {
  it('that loses every second request delays sales, and neither loses nor doubles one', async () => {
    const seed = newSeed();
    process.stderr.write(`intermittent drill: seed ${seed}\n`);
    const before = await ledgerIds();
    const edge = await world.addEdge({ ports: hurriedPorts(seed), transport: losesAnAnswer() });
    await edge.client.setLink('intermittent');
    expect(await linkOf(edge)).toMatchObject({ mode: 'intermittent' });
    const sold: string[] = [];
    const client = async () => {
      while (sold.length < SALES) sold.push(await sell(edge));
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    await untilSynced(edge, 100_000);
    expect(await linkOf(edge)).toMatchObject({ mode: 'intermittent' });
    await ledgerHoldsExactly(sold, before);
    expect((await world.operator.reconciliation()).streams.map(({ state }) => state)).not.toContain('fork');
    await edge.close();
  });

  it('that answers nothing takes the link down, holds no sale up, and ends when told', async () => {
    const before = await ledgerIds();
    const edge = await world.addEdge();
    await edge.client.setLink('timeout');
    const down = { state: 'offline', reason: 'drill', mode: 'timeout' };
    await until('the link is down', async () => (await linkOf(edge)).state === 'offline');
    expect(await linkOf(edge)).toMatchObject(down);
    const pushed = edge.client.push().then(
      () => 'pushed',
      (error: unknown) => error,
    );
    let isWaiting = true;
    pushed.finally(() => {
      isWaiting = false;
    });
    // One after the other, while the push waits for an answer that does not come.
    const sold: string[] = [];
    while (isWaiting) sold.push(await sell(edge));
    expect(sold.length).toBeGreaterThan(20);
    expect(await pushed).toMatchObject({ code: 'offline' });
    expect(await linkOf(edge)).toMatchObject(down);
    await ledgerHoldsExactly([], before);
    await edge.client.setLink('auto');
    await untilSynced(edge);
    expect(await linkOf(edge)).toMatchObject({ state: 'online', mode: 'auto' });
    await ledgerHoldsExactly(sold, before);
    await edge.close();
  });
});
