import { createVirtualPorts } from '@holdfast/base';
import { createDrill, LinkError, type Transport } from '@holdfast/client';
import type { LinkReason } from '@holdfast/protocol';
import { describe, expect, it } from 'vitest';
import { createLinkMonitor } from './link-monitor.ts';

function world() {
  const ports = createVirtualPorts({ seed: 3 });
  const answers: (LinkReason | undefined)[] = [];
  let otherwise: LinkReason | undefined;
  const real: Transport = async () => {
    const reason = answers.length > 0 ? answers.shift() : otherwise;
    if (reason !== undefined) throw new LinkError(reason, reason);
    return { status: 200, header: () => undefined, body: Buffer.alloc(0) };
  };
  const drill = createDrill(real, ports);
  const probe = async (timeoutMs: number) => {
    await drill.transport({ method: 'GET', url: 'http://hub/health', headers: {}, timeoutMs });
  };
  const link = createLinkMonitor({ drill, ports, probe: () => probe });
  const stop = new AbortController();
  const running = link.run(stop.signal);
  const changes: boolean[] = [];
  link.onChange((online) => changes.push(online));
  const end = async () => {
    stop.abort();
    await ports.advance(5_000);
    await running;
  };
  return {
    ports,
    link,
    drill,
    changes,
    end,
    fail: (reason: LinkReason | undefined) => (otherwise = reason),
    answers,
  };
}

describe('the link', () => {
  it('is up after the first good probe, and one lost probe does not take it down', async () => {
    const { ports, link, answers, changes, end } = world();
    await ports.advance(100);
    expect(link.status()).toMatchObject({ state: 'online', reason: 'reachable' });
    answers.push('timeout');
    await ports.advance(60_000);
    expect(changes).toEqual([true]);
    await end();
  });

  it('is down after two lost probes, at once when refused, and up again after two good ones', async () => {
    const { ports, link, fail, changes, end } = world();
    await ports.advance(100);
    fail('timeout');
    await ports.advance(7_000);
    expect(link.status()).toMatchObject({ state: 'offline', reason: 'timeout' });
    fail(undefined);
    await ports.advance(12_000);
    expect(link.online).toBe(true);
    fail('refused');
    await ports.advance(5_500);
    expect(link.status()).toMatchObject({ state: 'offline', reason: 'refused' });
    expect(changes).toEqual([true, false, true, false]);
    await end();
  });

  it('goes down with a drill, says so, and comes back when it ends by itself', async () => {
    const { ports, link, drill, end } = world();
    await ports.advance(100);
    link.setMode('offline');
    expect(link.status()).toMatchObject({ state: 'offline', reason: 'drill', mode: 'offline' });
    await ports.advance(3_500_000);
    expect(link.status()).toMatchObject({ state: 'offline', mode: 'offline' });
    await ports.advance(120_000);
    expect(link.status()).toMatchObject({ state: 'online', mode: 'auto', mode_until: null });
    expect(drill.mode).toBe('auto');
    await end();
  });
});
