/** A small ledger with everything in it: bookings, repeats, every way to wait and to be decided, a stream of the hub. */
import { randomId, systemPorts, uuidV7 } from '@holdfast/base';
import { addEntry, addSales, batchOf, enrolDevice, saleBody, type TestDevice } from '../ingest/testing.ts';
import { RECEIVED_MS, type TestIngest } from '../ingest/testing-ingest.ts';
import { resolveQuarantine } from '../quarantine/resolve-quarantine.ts';
import { transact } from '../store/transact.ts';

/** Fills the ledger of one tenant; returns its devices. */
export async function fillLedger(hub: TestIngest): Promise<{ active: TestDevice; suspended: TestDevice }> {
  const { pool } = hub;
  const active = await enrolDevice(pool);
  const { tenant_id: tenantId, location_id: locationId } = active;
  const suspended = await enrolDevice(pool, { tenantId, locationId, state: 'suspended' });
  const revoked = await enrolDevice(pool, { tenantId, locationId, state: 'revoked' });

  addSales(active, 2);
  addEntry(active, { body: saleBody({ tenders: [{ type: 'cash', amount: '12.50' }], change: '0.00' }) });
  await hub.sendAcked(active, batchOf(active));
  addEntry(active, { body: saleBody({ store_id: 'another' }) });
  addEntry(active, { body: { nothing: true } });
  addEntry(active, { body: saleBody({ change: '7.00' }) });
  addEntry(active, { body: saleBody({ customer_reference: 'C-7' }) });
  await hub.sendAcked(active, batchOf(active, { from: 4 }));

  addSales(suspended, 4);
  await hub.sendAcked(suspended, batchOf(suspended));
  addSales(revoked, 1);
  await hub.sendAcked(revoked, batchOf(revoked));

  // The same operations under a new incarnation, one sale of the suspended device, and a name that is taken.
  const again: TestDevice = { ...active, incarnation: randomId(systemPorts.random), entries: [] };
  for (const { header, bodyLine } of [active.entries[0], active.entries[2], suspended.entries[0]].flatMap(
    (entry) => entry ?? [],
  ))
    addEntry(again, { opId: header.op_id, bodyLine });
  addEntry(again, { opId: active.entries[1]?.header.op_id ?? uuidV7(systemPorts) });
  addEntry(again, { opId: active.entries[0]?.header.op_id ?? uuidV7(systemPorts) });
  await hub.sendAcked(again, batchOf(again));

  await decide(hub, { device: suspended, seq: 2, resolution: 'book' });
  await decide(hub, { device: suspended, seq: 3, resolution: 'dismiss' });
  await decide(hub, { device: active, seq: 4, resolution: 'book' });
  await decide(hub, { device: again, seq: 5, resolution: 'dismiss' });

  const timestamp = '2026-05-01T14:00:00+02:00';
  const item = { cashier_id: 'anna', amount: '3.50', currency: 'SEK', timestamp };
  await hub.sendJson(active, [
    { ...item, transaction_id: 'pos-1' },
    { ...item, transaction_id: 'pos-2', amount: 'x' },
  ]);
  return { active, suspended };
}

async function decide(
  hub: TestIngest,
  { device, seq, resolution }: { device: TestDevice; seq: number; resolution: 'book' | 'dismiss' },
): Promise<void> {
  const { device_id, incarnation, tenant_id: tenantId } = device;
  const request = {
    device_id,
    incarnation,
    lane: 'transactions' as const,
    seq,
    resolution,
    note: 'Looked at.',
  };
  await transact(hub.pool, (client) =>
    resolveQuarantine(client, { tenantId, request, nowMs: RECEIVED_MS + 60_000 }),
  );
}
