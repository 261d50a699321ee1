import { randomId, systemPorts, uuidV7 } from '@holdfast/base';
import type { CatalogueItem, FeedPage } from '@holdfast/protocol';
import { createLogger } from '@holdfast/runtime';
import fc from 'fast-check';
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestDatabase, withTestDatabase } from '../postgres/testing.ts';
import { openPool } from '../store/pool.ts';
import { transact } from '../store/transact.ts';
import { FEED_PAGE_MAX, type FeedReader, readFeedPage } from './read-feed.ts';
import { locationScope, tenantScope } from './scopes.ts';
import { type FeedWrite, writeFeed } from './write-feed.ts';

const macKey = Buffer.alloc(32, 1);
let database: TestDatabase;
let pool: Pool;
let reader: FeedReader;

beforeAll(async () => {
  database = await withTestDatabase();
  const logger = createLogger({ level: 'silent', service: 'test' });
  pool = await openPool({ databaseUrl: database.url, connectionsMax: 10, ports: systemPorts, logger });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  reader = {
    tenant_id: uuidV7(systemPorts),
    location_id: uuidV7(systemPorts),
    device_id: uuidV7(systemPorts),
  };
  await setGeneration(randomId(systemPorts.random));
});

async function setGeneration(generation: string): Promise<void> {
  await pool.query(
    `INSERT INTO hub_meta VALUES ('generation', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    [generation],
  );
}

function article(sku: string, price = '10.00'): CatalogueItem {
  return { sku, name: sku, price, currency: 'SEK', category: 'Coffee', barcode: null, symbol: '☕' };
}

function put(scope: string, sku: string, price?: string): FeedWrite {
  return { scope, collection: 'catalogue', key: sku, value: article(sku, price) };
}

function write(...writes: FeedWrite[]): Promise<void> {
  return transact(pool, (client) => writeFeed(client, { tenantId: reader.tenant_id, writes }));
}

function read(cursor?: string): Promise<FeedPage> {
  return transact(
    pool,
    (client) => readFeedPage(client, { reader, cursor, macKey, nowMs: systemPorts.clock.nowMs() }),
    'snapshot',
  );
}

/** An edge that applies pages as it should. */
function createMirror() {
  const held = new Map<string, unknown>();
  let cursor: string | undefined;
  return {
    held,
    async pull(pagesMax = Number.POSITIVE_INFINITY) {
      for (let pages = 0; pages < pagesMax; pages += 1) {
        const page = await read(cursor);
        if (page.reset) held.clear();
        for (const { scope, collection, key, value } of page.changes) {
          const name = `${scope} ${collection} ${key}`;
          if (value === null) held.delete(name);
          else held.set(name, value);
        }
        cursor = page.cursor;
        if (!page.more) return;
      }
    },
  };
}

function sorted(held: Map<string, unknown>): [string, unknown][] {
  return [...held].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('the feed', () => {
  test('is empty at first, and the cursor of that goes on', async () => {
    const first = await read();
    expect(first).toMatchObject({ reset: true, changes: [], includes: [], more: false });
    await write(put(tenantScope(reader.tenant_id), 'A'));
    const second = await read(first.cursor);
    expect(second.reset).toBe(false);
    expect(second.changes.map(({ key, version }) => [key, version])).toEqual([['A', 1]]);
    expect((await read(second.cursor)).changes).toEqual([]);
  });

  test('read step by step is the same as read at once', async () => {
    const scopes = [() => tenantScope(reader.tenant_id), () => locationScope(reader.location_id)];
    const change = fc.record({
      scope: fc.integer({ min: 0, max: 1 }),
      sku: fc.constantFrom('A', 'B', 'C', 'D', 'E'),
      price: fc.constantFrom('1.00', '2.00', '3.00', null),
    });
    const step = fc.record({ changes: fc.array(change, { maxLength: 6 }), pulls: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        reader = { ...reader, tenant_id: uuidV7(systemPorts), location_id: uuidV7(systemPorts) };
        const incremental = createMirror();
        for (const { changes, pulls } of steps) {
          await write(
            ...changes.map(({ scope, sku, price }): FeedWrite => {
              const name = scopes[scope]?.() ?? '';
              if (price !== null) return put(name, sku, price);
              return { scope: name, collection: 'catalogue', key: sku, value: null };
            }),
          );
          if (pulls) await incremental.pull();
        }
        await incremental.pull();
        const snapshot = createMirror();
        await snapshot.pull();
        expect(sorted(incremental.held)).toEqual(sorted(snapshot.held));
      }),
      { numRuns: 25 },
    );
  });

  test('of a hub that has lost all it ever had empties nobody who has read of it', async () => {
    const scope = locationScope(reader.location_id);
    await write(put(scope, 'A'), put(scope, 'B'));
    const mirror = createMirror();
    await mirror.pull();
    // As after a restore from the archive alone: the same stores, another generation, and no articles.
    await pool.query("UPDATE hub_meta SET value = repeat('b', 32) WHERE key = 'generation'");
    await pool.query('DELETE FROM feed_item WHERE tenant_id = $1', [reader.tenant_id]);
    await pool.query('DELETE FROM scope_version WHERE tenant_id = $1', [reader.tenant_id]);
    await mirror.pull();
    expect(mirror.held.size).toBe(2);
    await write(put(scope, 'C'));
    await mirror.pull();
    expect(mirror.held.size).toBe(3);
    expect(await read()).toMatchObject({ reset: true });
    await pool.query("UPDATE hub_meta SET value = repeat('a', 32) WHERE key = 'generation'");
  });

  test('comes in pages, and changes between two pages are not lost', async () => {
    const scope = locationScope(reader.location_id);
    const skus = Array.from({ length: FEED_PAGE_MAX + 20 }, (_, index) => `S${index}`);
    await write(...skus.map((sku) => put(scope, sku)), put(tenantScope(reader.tenant_id), 'T'));
    const mirror = createMirror();
    await mirror.pull(1);
    expect(mirror.held.size).toBe(FEED_PAGE_MAX);
    await write({ scope, collection: 'catalogue', key: 'S0', value: null }, put(scope, 'S1', '99.00'));
    await mirror.pull();
    const snapshot = createMirror();
    await snapshot.pull();
    expect(sorted(mirror.held)).toEqual(sorted(snapshot.held));
    expect(mirror.held.size).toBe(FEED_PAGE_MAX + 20);
  });

  test.each(['forged', 'of another device', 'of another generation', 'ahead of a restored hub'])(
    'starts anew with a cursor that is %s',
    async (fault) => {
      await write(put(tenantScope(reader.tenant_id), 'A'), put(tenantScope(reader.tenant_id), 'B'));
      let { cursor } = await read();
      if (fault === 'forged') cursor = `${cursor.slice(0, -4)}AAAA`;
      if (fault === 'of another device') reader = { ...reader, device_id: uuidV7(systemPorts) };
      if (fault === 'of another generation') await setGeneration(randomId(systemPorts.random));
      if (fault === 'ahead of a restored hub') {
        await pool.query('UPDATE scope_version SET version = 1 WHERE tenant_id = $1', [reader.tenant_id]);
        await pool.query('DELETE FROM feed_item WHERE tenant_id = $1 AND version > 1', [reader.tenant_id]);
      }
      const page = await read(cursor);
      expect(page.reset).toBe(true);
      expect(page.changes.length).toBeGreaterThan(0);
    },
  );

  test.each([1, 2, 5])(
    'starts anew where a hub that was put back has written %i other changes since',
    async (changes) => {
      const scope = tenantScope(reader.tenant_id);
      await write(put(scope, 'A'));
      const seen = await read();
      await write(put(scope, 'B'), put(scope, 'C'));
      const ahead = await read(seen.cursor);
      for (const table of ['feed_item', 'feed_write'])
        await pool.query(`DELETE FROM ${table} WHERE tenant_id = $1 AND version > 1`, [reader.tenant_id]);
      await pool.query('UPDATE scope_version SET version = 1 WHERE tenant_id = $1', [reader.tenant_id]);
      for (let change = 0; change < changes; change += 1) await write(put(scope, `D${change}`));
      expect((await read(ahead.cursor)).reset).toBe(true);
      expect((await read(seen.cursor)).reset).toBe(false);
    },
  );

  test('of one tenant and store never shows in another', async () => {
    await write(put(tenantScope(reader.tenant_id), 'A'), put(locationScope(reader.location_id), 'B'));
    const own = reader;
    reader = { ...own, location_id: uuidV7(systemPorts) };
    expect((await read()).changes.map(({ key }) => key)).toEqual(['A']);
    reader = { ...own, tenant_id: uuidV7(systemPorts) };
    expect((await read()).changes).toEqual([]);
  });
});

test('versions have no gaps and readers miss nothing while eight write at once', async () => {
  const scope = tenantScope(reader.tenant_id);
  const mirror = createMirror();
  let writing = true;
  const reading = (async () => {
    while (writing) await mirror.pull();
  })();
  await Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; i < 12; i += 1) await write(put(scope, `W${writer}-${i}`), put(scope, `both-${i}`));
    }),
  );
  writing = false;
  await reading;
  await mirror.pull();
  const snapshot = createMirror();
  await snapshot.pull();
  expect(sorted(mirror.held)).toEqual(sorted(snapshot.held));
  expect(mirror.held.size).toBe(8 * 12 + 12);
  const { rows } = await pool.query('SELECT version FROM scope_version WHERE tenant_id = $1', [
    reader.tenant_id,
  ]);
  expect(rows).toEqual([{ version: BigInt(8 * 12 * 2) }]);
});

test('a transaction that fails leaves no hole in the versions', async () => {
  const scope = tenantScope(reader.tenant_id);
  const failure = new Error('afterwards');
  const attempt = transact(pool, async (client) => {
    await writeFeed(client, { tenantId: reader.tenant_id, writes: [put(scope, 'A')] });
    throw failure;
  });
  await expect(attempt).rejects.toBe(failure);
  await write(put(scope, 'B'));
  expect((await read()).changes.map(({ key, version }) => [key, version])).toEqual([['B', 1]]);
});

test('a page says which entries of the device it includes', async () => {
  const incarnation = randomId(systemPorts.random);
  await pool.query(`INSERT INTO stream VALUES ($1, $2, $3, $4, 'transactions', 41, $5, 40, $6)`, [
    reader.tenant_id,
    reader.location_id,
    reader.device_id,
    incarnation,
    Buffer.alloc(32),
    new Date(0),
  ]);
  for (const [seq, resolution] of [
    [39, null],
    [40, 'booked'],
    [41, null],
  ] as const)
    await pool.query(
      `INSERT INTO quarantine VALUES ($1, $2, $3, $4, 'transactions', $5, $6, 'invalid_body', $7, $8, $9, NULL)`,
      [
        reader.tenant_id,
        reader.location_id,
        reader.device_id,
        incarnation,
        seq,
        uuidV7(systemPorts),
        new Date(0),
        resolution && new Date(0),
        resolution,
      ],
    );
  expect((await read()).includes).toEqual([
    { incarnation, lane: 'transactions', seq: 41, safe_seq: 40, quarantined: 2 },
  ]);
  reader = { ...reader, device_id: uuidV7(systemPorts) };
  expect((await read()).includes).toEqual([]);
});
