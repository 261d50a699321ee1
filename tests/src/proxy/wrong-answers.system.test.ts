/** Answers that are not the hub's, not to this request, or there twice: none is believed, and nothing is lost. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilSynced } from '../system/constellation.ts';
import { type Fault, PASS, replaceBy } from './faults.ts';
import { makeAnswer } from './http-framing.ts';
import { BATCH, type ProxiedWorld, startProxiedWorld } from './proxied-world.ts';
import { ONLINE, runScenario, type Scenario } from './scenario.ts';

const NOT_THE_HUB = { state: 'offline', reason: 'hub_error' } as const;

const PORTAL = '<!doctype html><title>Free Wi-Fi</title><form action="/login">Accept our terms</form>';
const json = (body: string) => makeAnswer({ status: '200 OK', contentType: 'application/json', body });

const always = (name: string, bytes: Buffer): Scenario => ({
  name,
  fault: () => replaceBy(bytes),
  link: NOT_THE_HUB,
  goesUp: false,
});
const ofBatches = (name: string, fault: Fault, goesUp: boolean): Scenario => ({
  name,
  fault: ({ path }) => (path === BATCH ? fault : PASS),
  link: ONLINE,
  goesUp,
});

const SCENARIOS: readonly Scenario[] = [
  always(
    'the page of a captive portal, with 200',
    makeAnswer({ status: '200 OK', contentType: 'text/html', body: PORTAL }),
  ),
  always(
    'the way to a captive portal, with 302',
    Buffer.from('HTTP/1.1 302 Found\r\nlocation: http://portal.invalid/login\r\ncontent-length: 0\r\n\r\n'),
  ),
  always(
    'a page of a proxy in trouble, with 502',
    makeAnswer({ status: '502 Bad Gateway', contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
  ),
  always('nothing, with 200', json('')),
  always('null', json('null')),
  always('another service’s JSON', json('{"status":"ok","service":"inventory","software_version":"9.1"}')),
  always('what is not HTTP', Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')),
  ofBatches('for batches, the page of a captive portal', replaceBy(json(PORTAL)), false),
  ofBatches('for batches, nothing, with 200', replaceBy(json('')), false),
  ofBatches('for batches, an answer of a protocol to come', replaceBy(json('{"answer":"later"}')), false),
  ofBatches('to each batch, twice, one after the other', { kind: 'twice', when: 'after' }, true),
  ofBatches('to each batch, twice, at once', { kind: 'twice', when: 'at_once' }, true),
];

describe('what comes back is', { timeout: 60_000 }, () => {
  let world: ProxiedWorld;
  beforeAll(async () => {
    world = await startProxiedWorld({ edges: SCENARIOS.length + 4 });
  });
  afterAll(async () => await world.close());

  it.each(SCENARIOS)('$name', (scenario) => runScenario(world, scenario));

  it('the ack of another device', async () => {
    const other = await world.addEdge();
    let theirs: Buffer | undefined;
    other.proxy.setPlan(({ path }) => ({
      kind: 'answer',
      ending: 'keep',
      change: (answer) => {
        if (path === BATCH) theirs = answer;
        return answer;
      },
    }));
    // As many as the edge is about to have: nothing but the names in it tells that the ack is not its own.
    await other.sell(8);
    await untilSynced(other.edge);
    await other.edge.close();
    expect(theirs?.toString()).toContain('"acked_seq":8');
    await runScenario(world, ofBatches('', replaceBy(theirs ?? Buffer.alloc(0)), false));
  });

  it('the answer to the batch before', async () => {
    let previous: Buffer | undefined;
    const { edge, proxy, sell, sold } = await world.addEdge();
    proxy.setPlan(({ path }) => ({
      kind: 'answer',
      ending: 'keep',
      change: (answer) => {
        if (path !== BATCH) return answer;
        const [stale, fresh] = [previous, answer];
        previous = fresh;
        return stale ?? fresh;
      },
    }));
    const { incarnation } = await edge.client.status();
    for (let round = 0; round < 5; round += 1) {
      await sell(2);
      await edge.client.push();
    }
    proxy.setPlan();
    await untilSynced(edge);
    expect(await edge.client.status()).toMatchObject({ incarnation, attention: null });
    expect((await edge.client.status()).lanes).toMatchObject([{ acked_seq: sold.length, pending: 0 }]);
    await edge.close();
  });

  it('in another order: every second batch comes after the one that follows it', async () => {
    let count = 0;
    await runScenario(world, {
      fault({ path }) {
        if (path !== BATCH) return PASS;
        count += 1;
        return count % 2 === 1 ? { kind: 'late' } : PASS;
      },
      link: ONLINE,
      goesUp: true,
    });
  });
});

describe('another hub in the place of this one', { timeout: 60_000 }, () => {
  it('is a hub, and gets nothing acked', async () => {
    const [here, there] = [await startProxiedWorld({ edges: 1 }), await startProxiedWorld({ edges: 0 })];
    try {
      await runScenario(here, {
        fault: () => ({ kind: 'elsewhere', port: there.world.hub.port }),
        link: ONLINE,
        goesUp: false,
      });
    } finally {
      await here.close();
      await there.close();
    }
  });
});
