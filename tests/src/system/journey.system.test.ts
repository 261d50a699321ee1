import { systemPorts, uuidV7 } from '@holdfast/base';
import { DEMO_CATALOGUE } from '@holdfast/hub';
import { toMinor } from '@holdfast/money';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Constellation,
  ledgerOf,
  saleOf,
  startConstellation,
  until,
  untilSynced,
} from './constellation.ts';

let world: Constellation;
beforeAll(async () => {
  world = await startConstellation();
});
afterAll(async () => await world.close());

const sum = (rows: { amount_total: string; currency: string }[]) =>
  rows.reduce((total, row) => total + toMinor(row.amount_total, row.currency), 0n);

describe('a sale', () => {
  it('taken offline by 16 clients, a thousand times, stands in the ledger once, to the cent, by itself', async () => {
    const edge = await world.addEdge();
    await edge.client.setLink('offline');
    const taken: {
      edge_transaction_id: string;
      amount_total: string;
      currency: string;
      receipt_code: string;
    }[] = [];
    let next = 0;
    const client = async () => {
      while (next < 1_000) {
        next += 1;
        const key = uuidV7(systemPorts);
        const receipt = await edge.client.sell(
          saleOf(`${next % 97}.${String(next % 100).padStart(2, '0')}1`.slice(0, -1)),
          key,
        );
        if (next % 10 === 0)
          await edge.client.sell(saleOf(`${receipt.amount_total}`), key).catch(() => undefined);
        taken.push(receipt);
      }
    };
    await Promise.all(Array.from({ length: 16 }, client));
    expect(taken.length).toBe(1_000);
    expect((await edge.client.status()).lanes[0]).toMatchObject({ pending: 1_000, acked_seq: 0 });
    await expect(edge.client.push()).rejects.toMatchObject({ code: 'offline' });
    await edge.client.setLink('auto');
    await untilSynced(edge);
    const rows = await ledgerOf(world.operator);
    expect(new Set(rows.map((row) => row.edge_transaction_id))).toEqual(
      new Set(taken.map((row) => row.edge_transaction_id)),
    );
    expect(rows.length).toBe(1_000);
    expect(sum(rows)).toBe(sum(taken));
    expect(new Map(rows.map((row) => [row.edge_transaction_id, row.receipt_code]))).toEqual(
      new Map(taken.map((row) => [row.edge_transaction_id, row.receipt_code])),
    );
    const { transactions } = await edge.client.transactions({ synced: false });
    expect(transactions).toEqual([]);
    const books = await world.operator.reconciliation();
    expect(books).toMatchObject({ balanced: true });
    expect(books.streams).toMatchObject([{ missing: 0, gaps: [], state: 'complete', entries: 1_000 }]);
    await edge.close();
  });

  it('goes up within moments while the link is up, through restarts of edge and hub', async () => {
    const edge = await world.addEdge();
    const before = (await ledgerOf(world.operator)).length;
    await edge.client.sell(saleOf('12.50'), uuidV7(systemPorts));
    await untilSynced(edge, 3_000);
    await edge.restart();
    await edge.client.sell(saleOf('13.50'), uuidV7(systemPorts));
    await world.restartHub();
    await edge.client.sell(saleOf('14.50'), uuidV7(systemPorts));
    await untilSynced(edge);
    expect((await ledgerOf(world.operator)).length).toBe(before + 3);
    const safe = await until(
      'the archive holds it',
      async () => (await edge.client.status()).lanes[0]?.safe_seq === 3,
    );
    expect(safe).toBe(true);
    await edge.close();
  });

  it('made before enrolment is wrapped again for the device the hub knows', async () => {
    const edge = await world.addEdge({ enrol: false, flags: { '--store-id': 'STHLM-001' } });
    const before = await edge.client.sell(saleOf('5.00'), uuidV7(systemPorts));
    const { claim_token } = await world.operator.createClaim('STHLM-001');
    await edge.client.enrol({ hub_url: world.hub.url, claim_token });
    await untilSynced(edge);
    const row = (await ledgerOf(world.operator)).find(
      (sale) => sale.edge_transaction_id === before.edge_transaction_id,
    );
    expect(row).toMatchObject({ amount_total: '5.00', receipt_code: before.receipt_code });
    await edge.close();
  });
});

describe('the feed', () => {
  it('brings catalogue and staff with enrolment', async () => {
    const edge = await world.addEdge();
    await until('the catalogue is there', async () => (await edge.client.status()).feed.catalogue_items > 10);
    const status = await edge.client.status();
    expect(status).toMatchObject({
      store_id: 'STHLM-001',
      store_name: 'Kaffebaren Slussen',
      currency: 'SEK',
      feed: { staff: 3 },
    });
    const [article] = DEMO_CATALOGUE;
    const items = [{ sku: article?.sku, name: article?.name, quantity: 1, unit_price: '1.00' }];
    const known = await edge.client.sell({ cashier_id: 'astrid', items }, uuidV7(systemPorts));
    const { transactions } = await edge.client.transactions({ limit: 1 });
    expect(transactions[0]).toMatchObject({
      edge_transaction_id: known.edge_transaction_id,
      flags: ['free_price'],
    });
    await edge.close();
  });
});
