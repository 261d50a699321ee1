import { createPinHasher } from '@holdfast/crypto';
import { type FeedPage, type Problem, StaffMember } from '@holdfast/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEMO_CATALOGUE } from '../demo/catalogue.ts';
import { seedDemo } from '../demo/seed-demo.ts';
import type { TestDevice } from './testing-device.ts';
import { startTestHub, TEST_STORE, type TestHub } from './testing-hub.ts';

let hub: TestHub;
let device: TestDevice;

beforeAll(async () => {
  hub = await startTestHub();
  device = await hub.enrolled();
});

afterAll(() => hub.close());

async function changes(cursor?: string): Promise<FeedPage> {
  const query = cursor === undefined ? '' : `?cursor=${cursor}`;
  const answer = await device.send({ method: 'GET', path: `/api/v1/sync/changes${query}` });
  expect(answer.status).toBe(200);
  return (await answer.json()) as FeedPage;
}

describe('master data', () => {
  test('reaches the devices it is for', async () => {
    const { cursor } = await changes();
    await hub.ask('POST', '/api/v1/locations', { ...TEST_STORE, store_id: 'GBG-001' });
    const tea = { name: 'Te', price: 38, currency: 'SEK' };
    await hub.ask('PUT', '/api/v1/catalogue/TEA%2F1', tea);
    await hub.ask('PUT', `/api/v1/catalogue/COF?store_id=${TEST_STORE.store_id}`, { ...tea, name: 'Kaffe' });
    await hub.ask('PUT', '/api/v1/catalogue/ELSEWHERE?store_id=GBG-001', tea);
    const page = await changes(cursor);
    expect(page.changes.map(({ key, value }) => [key, value])).toEqual([
      ['COF', expect.objectContaining({ name: 'Kaffe' })],
      ['TEA/1', { sku: 'TEA/1', ...tea, price: '38.00', category: '', barcode: null, symbol: '' }],
    ]);
    await hub.ask('DELETE', '/api/v1/catalogue/TEA%2F1');
    expect((await changes(page.cursor)).changes).toMatchObject([{ key: 'TEA/1', value: null }]);
    const again = await hub.operate('DELETE', '/api/v1/catalogue/TEA%2F1');
    expect([again.status, ((await again.json()) as Problem).code]).toEqual([404, 'not_found']);
  });

  test('has people with a hashed PIN', async () => {
    const { cursor } = await changes();
    const shown = await hub.ask('PUT', '/api/v1/staff/eva', { name: 'Eva', role: 'cashier', pin: '4711' });
    expect(shown).toEqual({ staff_id: 'eva', name: 'Eva', role: 'cashier' });
    const [change] = (await changes(cursor)).changes;
    expect(change).toMatchObject({ collection: 'staff', key: 'eva' });
    const { pin_hash } = StaffMember.parse(change?.value);
    expect(await createPinHasher().verify(pin_hash, '4711')).toBe(true);
    await hub.ask('DELETE', '/api/v1/staff/eva');
  });

  test('of the demonstration is written once', async () => {
    await seedDemo(hub.hub.context);
    const first = await changes();
    await seedDemo(hub.hub.context);
    expect((await changes(first.cursor)).changes).toEqual([]);
    const skus = first.changes.filter(({ collection }) => collection === 'catalogue').map(({ key }) => key);
    expect(skus).toEqual(expect.arrayContaining(DEMO_CATALOGUE.map(({ sku }) => sku)));
    expect(new Set(DEMO_CATALOGUE.map(({ sku }) => sku)).size).toBe(24);
    expect(new Set(DEMO_CATALOGUE.map(({ symbol }) => symbol)).size).toBe(24);
  });
});

describe('stores', () => {
  test('are created once, and refused with other particulars', async () => {
    expect((await hub.operate('POST', '/api/v1/locations', TEST_STORE)).status).toBe(200);
    const other = await hub.operate('POST', '/api/v1/locations', { ...TEST_STORE, name: 'Another' });
    expect(other.status).toBe(422);
    const zone = await hub.operate('POST', '/api/v1/locations', { ...TEST_STORE, time_zone: 'Mars/Base' });
    expect(zone.status).toBe(422);
    const currency = await hub.operate('POST', '/api/v1/locations', { ...TEST_STORE, currency: 'XXQ' });
    expect(((await currency.json()) as Problem).code).toBe('unknown_currency');
  });
});

describe('the service', () => {
  test('is open where it must be, and documents every route', async () => {
    expect(await (await fetch(`${hub.url}/health`)).json()).toMatchObject({ status: 'ok', service: 'hub' });
    expect((await fetch(`${hub.url}/docs`)).status).toBe(200);
    const document = (await (await fetch(`${hub.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { responses: object }>>;
    };
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(operations.sort()).toEqual([
      'delete /api/v1/catalogue/{sku}',
      'delete /api/v1/staff/{staff_id}',
      'get /api/v1/devices',
      'get /api/v1/locations',
      'get /api/v1/nonce',
      'get /api/v1/quarantine',
      'get /api/v1/reconciliation',
      'get /api/v1/sync/changes',
      'get /api/v1/sync/entries',
      'get /central/transactions',
      'get /health',
      'get /metrics',
      'patch /api/v1/devices/{id}',
      'post /api/v1/claims',
      'post /api/v1/devices/register',
      'post /api/v1/devices/{id}/heartbeat',
      'post /api/v1/locations',
      'post /api/v1/quarantine/resolve',
      'post /api/v1/transactions/batch',
      'put /api/v1/catalogue/{sku}',
      'put /api/v1/staff/{staff_id}',
    ]);
  });

  test('shows metrics to the operator alone', async () => {
    expect((await fetch(`${hub.url}/metrics`)).status).toBe(401);
    const text = await (await hub.operate('GET', '/metrics')).text();
    expect(text).toContain('holdfast_hub_devices{state="active"} 1');
  });
});
