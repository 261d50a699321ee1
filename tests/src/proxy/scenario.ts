/**
 * One bad stretch of a line: an edge sells before it, through it and after it. What must hold whatever the line does is
 * checked here; a scenario says what the line does and what the edge should say of it.
 */
import type { LinkStatus } from '@holdfast/protocol';
import { expect } from 'vitest';
import { until, untilSynced } from '../system/constellation.ts';
import type { SeenRequest } from './fault-proxy.ts';
import type { Fault } from './faults.ts';
import { beliefOf, judgeLedger, type ProxiedEdge, type ProxiedWorld } from './proxied-world.ts';

export type Scenario = {
  name: string;
  /** What each request meets; `deaf` for a line that takes connections and answers nothing. */
  fault: ((request: SeenRequest) => Fault) | 'deaf';
  /** What the edge says of its link meanwhile. */
  link: Pick<LinkStatus, 'state' | 'reason'>;
  /** True when sales reach the ledger and are acked through the fault. */
  goesUp: boolean;
};

export const ONLINE = { state: 'online', reason: 'reachable' } as const;

/** Requests an edge may have under way at a time: probe, batch, feed, own entries. */
const CONNECTIONS_MAX = 4;

const timersOf = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

export async function runScenario(
  { world, addEdge }: ProxiedWorld,
  { fault, link, goesUp }: Omit<Scenario, 'name'>,
): Promise<void> {
  const at = await addEdge();
  const { edge, proxy, sold } = at;
  await at.sell(3);
  await settle(at);
  const [before, timers] = [await beliefOf(edge), timersOf()];
  if (fault === 'deaf') proxy.setDeaf(true);
  else proxy.setPlan(fault);
  await at.sell(5);
  await until('the link is told as it is', async () => {
    const { state, reason } = (await edge.client.status()).link;
    return state === link.state && reason === link.reason;
  });
  if (goesUp) await untilSynced(edge);
  else await expectNothingBelieved(at, before);
  await at.sell(2);
  proxy.setPlan();
  proxy.setDeaf(false);
  await settle(at);
  const { incarnation, device_id, generation } = before;
  expect(await beliefOf(edge)).toMatchObject({
    ...{ incarnation, device_id, generation },
    ...{ attention: null, pending: 0, acked_seq: sold.length, listed: sold.length, pulled: 0 },
  });
  const { lost, doubled } = await judgeLedger(world, sold);
  expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
  await until('connections end', async () => proxy.connections <= CONNECTIONS_MAX);
  await until('timers end', async () => timersOf() <= timers, 45_000);
  await edge.close();
}

/** Everything sent and acked, the feed read, the link up. */
async function settle({ edge }: ProxiedEdge): Promise<void> {
  await untilSynced(edge, 30_000);
  await until('the feed is read', async () => {
    const { link, feed } = await edge.client.status();
    return link.state === 'online' && feed.applied_at !== null;
  });
}

/** No ack was taken, no cursor moved, nobody became somebody else. */
async function expectNothingBelieved(
  { edge }: ProxiedEdge,
  before: Awaited<ReturnType<typeof beliefOf>>,
): Promise<void> {
  const { last_contact_at: _then, ...earlier } = before;
  const { last_contact_at: _now, ...now } = await beliefOf(edge);
  expect(now).toEqual({ ...earlier, pending: 5, listed: earlier.listed + 5 });
}
