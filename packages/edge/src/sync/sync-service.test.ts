import { createVirtualPorts, type VirtualPorts } from '@holdfast/base';
import { createDrill, LinkError } from '@holdfast/client';
import { describe, expect, it } from 'vitest';
import type { SyncTrigger } from '../config/options.ts';
import { silent } from '../testing.ts';
import type { LaneSender } from './lane-sender.ts';
import { createLinkMonitor } from './link-monitor.ts';
import { createSyncService } from './sync-service.ts';

/** A lane that empties when it is drained, and a link that is what `reachable` says. */
function world(strategy: SyncTrigger[]) {
  const ports: VirtualPorts = createVirtualPorts({ seed: 7 });
  const state = { pending: 0, drains: [] as number[], reachable: true, failing: 0 };
  const drill = createDrill(() => Promise.reject(new LinkError('unreachable', 'not used')), ports);
  const probe = async () => {
    if (!state.reachable) throw new LinkError('refused', 'nobody there');
  };
  const link = createLinkMonitor({ drill, ports, probe: () => probe });
  const sender: LaneSender = {
    lane: 'transactions',
    paused: false,
    resume: () => undefined,
    resendFrom: () => undefined,
    wantsResend: false,
    async drain() {
      state.drains.push(ports.clock.monotonicMs());
      if (state.failing > 0) {
        state.failing -= 1;
        throw new LinkError('hub_error', 'the hub is in trouble');
      }
      const pushed = state.pending;
      state.pending = 0;
      return { pushed, quarantined: 0, waitMs: 0 };
    },
  };
  const sync = createSyncService({
    senders: [sender],
    link,
    strategy,
    scheduleMs: 300_000,
    idleMs: 20_000,
    countPending: () => state.pending,
    ports,
    logger: silent,
  });
  const stop = new AbortController();
  const running = [link.run(stop.signal), sync.run(stop.signal)];
  const sell = () => {
    state.pending += 1;
    sync.noteSale();
  };
  const end = async () => {
    stop.abort();
    await ports.advance(2_000);
    await Promise.all(running);
  };
  return { ports, state, link, sync, sell, end };
}

describe('sync.strategy', () => {
  it('connectivity pushes a sale at once, and what waits as soon as the link is back', async () => {
    const { ports, state, sell, end } = world(['connectivity']);
    await ports.advance(2_000);
    sell();
    await ports.advance(500);
    expect(state.drains.length).toBe(1);
    state.reachable = false;
    await ports.advance(20_000);
    sell();
    await ports.advance(60_000);
    expect(state).toMatchObject({ pending: 1 });
    state.reachable = true;
    await ports.advance(12_000);
    expect(state.pending).toBe(0);
    await end();
  });

  it('schedule pushes when its time comes, and not before', async () => {
    const { ports, state, sell, end } = world(['schedule']);
    await ports.advance(2_000);
    sell();
    await ports.advance(296_000);
    expect(state.drains).toEqual([]);
    await ports.advance(5_000);
    expect([state.drains.length, state.pending]).toEqual([1, 0]);
    await end();
  });

  it('idle pushes once nobody has sold for a while, and not before', async () => {
    const { ports, state, sell, end } = world(['idle']);
    await ports.advance(2_000);
    for (let i = 0; i < 6; i += 1) {
      sell();
      await ports.advance(15_000);
    }
    expect(state.drains).toEqual([]);
    await ports.advance(7_000);
    expect([state.drains.length, state.pending]).toEqual([1, 0]);
    await end();
  });
});

describe('a push', () => {
  it('is tried again after failures, by a timer alone, ever more rarely', async () => {
    const { ports, state, sell, end } = world(['connectivity']);
    await ports.advance(2_000);
    state.failing = 4;
    sell();
    await ports.advance(600_000);
    expect([state.drains.length >= 5, state.pending]).toEqual([true, 0]);
    await end();
  });

  it('by a person is refused while the link is down, and the queue stays', async () => {
    const { ports, state, sync, sell, end } = world(['schedule']);
    state.reachable = false;
    await ports.advance(30_000);
    sell();
    await expect(sync.push()).rejects.toMatchObject({ code: 'offline' });
    expect(state.pending).toBe(1);
    await end();
  });
});
