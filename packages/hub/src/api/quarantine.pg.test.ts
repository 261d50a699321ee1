import { type Problem, QuarantineEntry, QuarantineList } from '@holdfast/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NDJSON, type TestDevice } from './testing-device.ts';
import { startTestHub, TEST_STORE, type TestHub } from './testing-hub.ts';

let hub: TestHub;

beforeEach(async () => {
  hub = await startTestHub();
});

afterEach(() => hub.close());

async function upload(device: TestDevice): Promise<void> {
  const path = '/api/v1/transactions/batch';
  const answer = await device.send({ method: 'POST', path, body: device.batch(), contentType: NDJSON });
  expect(await answer.json()).toMatchObject({ answer: 'acked' });
}

async function list(query = ''): Promise<QuarantineList> {
  return QuarantineList.parse(await hub.ask('GET', `/api/v1/quarantine?${query}`));
}

function setState(device: TestDevice, state: string): Promise<Response> {
  return hub.operate('PATCH', `/api/v1/devices/${device.deviceId()}`, { state });
}

async function counted(): Promise<{ metric: number; reconciled: number }> {
  const metrics = await (await hub.operate('GET', '/metrics')).text();
  const { streams } = await hub.ask<{ streams: { quarantined: number }[] }>('GET', '/api/v1/reconciliation');
  return {
    metric: Number(/^holdfast_hub_quarantined_entries (\d+)$/m.exec(metrics)?.[1]),
    reconciled: streams.reduce((sum, stream) => sum + stream.quarantined, 0),
  };
}

test('an operator sees what waits, page by page, and decides it', async () => {
  const device = await hub.enrolled();
  await setState(device, 'revoked');
  for (let i = 1; i <= 5; i += 1) device.sell(`${i}.00`);
  await upload(device);
  const first = await list('limit=3');
  const second = await list(`limit=3&cursor=${first.next_cursor}`);
  const entries = [...first.entries, ...second.entries];
  expect(entries.map(({ seq, amount_total }) => [seq, amount_total])).toEqual(
    [1, 2, 3, 4, 5].map((seq) => [seq, `${seq}.00`]),
  );
  expect([entries[0], second.next_cursor]).toMatchObject([
    {
      ...{ device_id: device.deviceId(), device_name: 'Till 1', store_id: TEST_STORE.store_id },
      ...{ op_id: device.entries[0]?.header.op_id, body: device.entries[0]?.bodyLine, currency: 'SEK' },
      ...{ reason: 'device_revoked', resolved_at: null, resolution: null, note: null },
    },
    null,
  ]);
  expect(await counted()).toEqual({ metric: 5, reconciled: 5 });
  const place = { device_id: device.deviceId(), incarnation: device.incarnation, lane: 'transactions' };
  const decide = (seq: number, resolution: string, note?: string) =>
    hub.operate('POST', '/api/v1/quarantine/resolve', { ...place, seq, resolution, ...(note && { note }) });
  const booked = QuarantineEntry.parse(await (await decide(1, 'book', 'Seen on paper.')).json());
  expect(booked).toMatchObject({ seq: 1, resolution: 'booked', note: 'Seen on paper.' });
  expect(await (await decide(1, 'book')).json()).toEqual(booked);
  expect((await decide(2, 'dismiss')).status).toBe(200);
  const refused = await decide(2, 'book');
  expect([refused.status, ((await refused.json()) as Problem).code]).toEqual([409, 'already_resolved']);
  expect((await decide(9, 'book')).status).toBe(404);
  expect((await list()).entries.map(({ seq }) => seq)).toEqual([3, 4, 5]);
  const resolved = await list(`state=resolved&store_id=${TEST_STORE.store_id}`);
  expect(resolved.entries.map(({ resolution }) => resolution)).toEqual(['booked', 'dismissed']);
  expect((await list('store_id=nowhere')).entries).toEqual([]);
  expect(await counted()).toEqual({ metric: 3, reconciled: 3 });
  const { transactions } = await hub.ask<{ transactions: { amount_total: string }[] }>(
    'GET',
    '/central/transactions',
  );
  expect(transactions.map(({ amount_total }) => amount_total)).toEqual(['1.00']);
});

test('a device that is made active again has booked what waited for that', async () => {
  const device = await hub.enrolled();
  expect((await setState(device, 'suspended')).status).toBe(200);
  device.sell('1.00');
  device.sell('2.00');
  await upload(device);
  expect(await counted()).toEqual({ metric: 2, reconciled: 2 });
  expect((await setState(device, 'active')).status).toBe(200);
  expect((await setState(device, 'active')).status).toBe(200);
  expect(await counted()).toEqual({ metric: 0, reconciled: 0 });
  expect((await list('state=resolved')).entries.map(({ resolution }) => resolution)).toEqual([
    'booked',
    'booked',
  ]);
  expect(await hub.ask('GET', '/api/v1/reconciliation')).toMatchObject({
    totals: [{ currency: 'SEK', count: 2, amount: '3.00' }],
    balanced: true,
  });
});

test.each([
  ['state=done', 'invalid_query'],
  ['cursor=made-up', 'invalid_cursor'],
  ['cursor=MS8yLzMvNC81', 'invalid_cursor'],
])('the list refuses %s', async (query, code) => {
  const answer = await hub.operate('GET', `/api/v1/quarantine?${query}`);
  expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([400, code]);
});

test('a device neither sees nor decides anything', async () => {
  const device = await hub.enrolled();
  expect((await device.send({ method: 'GET', path: '/api/v1/quarantine' })).status).toBe(403);
  const body = JSON.stringify({ resolution: 'book' });
  expect((await device.send({ method: 'POST', path: '/api/v1/quarantine/resolve', body })).status).toBe(403);
});
