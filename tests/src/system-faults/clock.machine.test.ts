/** The wall clock of an edge is moved while it sells, signs in people and syncs with a hub whose clock is right. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock as clock, systemPorts, uuidV7 } from '@holdfast/base';
import { createEdgeClient, type EdgeClient, fetchTransport } from '@holdfast/client';
import { DEMO_STORE } from '@holdfast/hub';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEdgeAuditor } from '../support/edge-auditor.ts';
import { type EdgeChild, type ReadyEdge, spawnEdge } from '../support/edge-child.ts';
import { mustStart } from '../support/edge-lives.ts';
import { connectTo, type HttpAnswer } from '../support/http-connection.ts';
import { createSaleMaker } from '../support/made-sale.ts';
import { compareWhole } from '../support/reconcile.ts';
import { createSaleBook } from '../support/sale-book.ts';
import { newSeed, seeded } from '../support/seeded.ts';
import { type Constellation, ledgerOf, saleOf, startConstellation, until } from '../system/constellation.ts';
import { createMovedClock, type MovedClock } from './moved-clock.ts';

const DAY_MS = 86_400_000;
const MOVES = [
  '+1',
  '-1',
  '+290',
  '-310',
  '+3600',
  '-1d',
  '+1y',
  '-20y',
  '+20y',
  '2031-01-01 00:00:00',
  '+0',
];
const SALES_A_MOVE = 8;
const TIMEOUT_MS = 120_000;

let folder: string;
let hub: Constellation;
let moved: MovedClock;
let edge: EdgeChild;
let ready: ReadyEdge;
let client: EdgeClient;

const data = () => join(folder, 'edge');

async function start(flags: Record<string, string> = {}): Promise<void> {
  edge = spawnEdge({ cacheFolder: join(folder, 'cache'), env: moved.env });
  const own = { '--data': data(), '--port': '0', '--reserve-bytes': '65536', '--sync-poll-seconds': '1' };
  ready = await mustStart(edge, { flags: { ...own, ...flags, '--hub-url': hub.hub.url } });
  client = createEdgeClient({ baseUrl: ready.url, token: ready.apiToken, transport: fetchTransport });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-clock-'));
  moved = createMovedClock(folder);
  hub = await startConstellation();
  const { claim_token } = await hub.operator.createClaim(DEMO_STORE.store_id);
  await start({ '--claim-token': claim_token });
  await until('the edge is enrolled', async () => (await client.status()).enrolled);
}, TIMEOUT_MS);
afterAll(async () => {
  await edge.kill();
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the edge takes for the time, off by so much from ours. */
const offMs = async () => Date.parse((await client.status()).now) - clock.nowMs();
const untilSynced = async (when: string) =>
  await until(`nothing waits, ${when}`, async () =>
    (await client.status()).lanes.every((lane) => lane.pending === 0),
  );

test(
  'an edge sells and syncs however its clock is moved, also across a restart, and each sale is booked once',
  async () => {
    const seed = newSeed();
    const book = createSaleBook();
    const make = createSaleMaker({ prefix: 'sale', random: seeded(seed), clock });
    const sell = async () => {
      const connection = connectTo({ url: ready.url, token: ready.apiToken });
      for (let count = 0; count < SALES_A_MOVE; count += 1) {
        const sale = { ...make() };
        book.post(sale);
        const headers = sale.key === undefined ? undefined : { 'idempotency-key': sale.key };
        const posted = { method: 'POST', path: '/edge/transactions', headers, body: sale.body } as const;
        book.answer(sale, await connection.request(posted), false);
      }
      connection.close();
    };
    for (const move of MOVES) {
      moved.move(move);
      if (move === '-20y') expect(await offMs(), 'the clock is moved').toBeLessThan(-19 * 365 * DAY_MS);
      await sell();
      await untilSynced(`clock ${move}`);
    }
    for (const move of ['+1y', '-1y', '+0']) {
      await sell();
      await edge.kill();
      moved.move(move);
      await start();
      await sell();
      await untilSynced(`after a restart, clock ${move}`);
    }
    expect((await edge.stop()).code).toBe(0);
    const auditor = createEdgeAuditor({
      database: join(data(), 'edge.db'),
      keyFile: join(data(), 'store.key'),
    });
    const found = compareWhole({ book, auditor });
    expect({ ...found, wrong: [...auditor.problems, ...book.problems] }, `seed ${seed}`).toEqual({
      lost: [],
      duplicated: [],
      problems: [],
      wrong: [],
    });
    const booked = (await ledgerOf(hub.operator)).map((row) => row.edge_transaction_id).sort();
    expect(booked).toEqual([...auditor.sales.keys()].sort());
    expect(booked.length).toBe(book.acknowledged);
    expect(booked.length).toBe((MOVES.length + 6) * SALES_A_MOVE);
    expect((await hub.operator.quarantine()).entries).toEqual([]);
    await start();
  },
  TIMEOUT_MS,
);

test(
  'neither a lock after wrong PINs, nor a session, nor a drill is moved by the clock',
  async () => {
    moved.move('+0');
    const { pairing_code } = await client.createPairingCode();
    const till = { terminal_name: 'Till 1', terminal_type: 'till' };
    const terminal = connectTo({ url: ready.url, token: '' });
    const ask = async (path: string, body: object): Promise<HttpAnswer> =>
      await terminal.request({ method: 'POST', path, body: JSON.stringify(body) });
    const paired: { token: string } = JSON.parse((await ask('/api/v1/pair', { ...till, pairing_code })).body);
    const at = connectTo({ url: ready.url, token: paired.token });
    const signIn = async (staff_id: string, pin: string) =>
      await at.request({
        method: 'POST',
        path: '/api/v1/sessions',
        body: JSON.stringify({ staff_id, pin }),
      });
    await until('the people are known', async () => (await client.status()).feed.staff > 0);
    const session: { token: string } = JSON.parse((await signIn('astrid', '1234')).body);
    const asAstrid = connectTo({ url: ready.url, token: session.token });
    const sellAsAstrid = async () =>
      (
        await asAstrid.request({
          method: 'POST',
          path: '/edge/transactions',
          headers: { 'idempotency-key': uuidV7(systemPorts) },
          body: JSON.stringify(saleOf('45.00')),
        })
      ).status;
    const statuses: number[] = [];
    for (let tries = 0; tries < 5; tries += 1) statuses.push((await signIn('maja', '0000')).status);
    expect(statuses).toEqual([401, 401, 401, 401, 429]);
    const drill = await client.setLink('offline');
    for (const move of ['+2d', '-2d', '+20y', '-20y', '+0']) {
      moved.move(move);
      expect((await signIn('maja', '9876')).status, `clock ${move}`).toBe(429);
      const { link } = await client.status();
      expect(link.mode, `clock ${move}`).toBe(drill.mode);
    }
    moved.move('-20y');
    expect(await sellAsAstrid(), 'a session goes on when the clock is set back').toBe(201);
    await client.setLink('auto');
    moved.move('+0');
    await untilSynced('after the drill');
    for (const connection of [terminal, at, asAstrid]) connection.close();
  },
  TIMEOUT_MS,
);
