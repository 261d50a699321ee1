import { systemPorts, uuidV7 } from '@holdfast/base';
import type { DeviceState } from '@holdfast/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addEntry, batchOf, enrolDevice, saleBody, type TestDevice } from './testing.ts';
import { openTestIngest, type TestIngest } from './testing-ingest.ts';

let hub: TestIngest;
beforeAll(async () => {
  hub = await openTestIngest();
});
afterAll(() => hub.close());
beforeEach(() => hub.reset());

const REUSED = { reason: 'op_id_reused', resolution: null };

async function neighbourOf(device: TestDevice, state: DeviceState = 'active'): Promise<TestDevice> {
  const { tenant_id: tenantId, location_id: locationId } = device;
  return await enrolDevice(hub.pool, { tenantId, locationId, state });
}

async function sell(device: TestDevice, opId: string, options: { currency?: string } = {}): Promise<unknown> {
  addEntry(device, { opId, body: saleBody({ currency: 'SEK', ...options }) });
  const answer = await hub.send(device, batchOf(device, { from: device.entries.length }));
  return answer.answer === 'acked' ? answer.quarantined.map(({ reason }) => reason) : answer;
}

async function waitingOf(device: TestDevice): Promise<object[]> {
  const { rows } = await hub.pool.query(
    'SELECT reason, resolution FROM quarantine WHERE device_id = $1 ORDER BY seq',
    [device.device_id],
  );
  return rows;
}

async function bookedBy(device: TestDevice): Promise<string[]> {
  const { rows } = await hub.pool.query<{ device_id: string }>(
    'SELECT device_id FROM booking WHERE tenant_id = $1 ORDER BY booking_no',
    [device.tenant_id],
  );
  return rows.map((row) => row.device_id);
}

describe.each(['revoked', 'suspended'] as const)('an operation that waits for a %s device', (state) => {
  test('gives way to a sale of another device that has its name', async () => {
    const squatter = await enrolDevice(hub.pool, { state });
    const till = await neighbourOf(squatter);
    const opId = uuidV7(systemPorts);
    expect(await sell(squatter, opId)).toEqual([`device_${state}`]);
    expect(await sell(till, opId)).toEqual([]);
    expect(await waitingOf(squatter)).toEqual([REUSED]);
    expect(await bookedBy(till)).toEqual([till.device_id]);
    // From now on the name is the sale's: nobody takes it over again.
    const third = await neighbourOf(squatter);
    expect(await sell(third, opId)).toEqual(['op_id_reused']);
    expect(await bookedBy(till)).toEqual([till.device_id]);
  });

  test('keeps its name against itself, and against what cannot be booked either', async () => {
    const squatter = await enrolDevice(hub.pool, { state });
    const opId = uuidV7(systemPorts);
    await sell(squatter, opId);
    expect(await sell(squatter, opId)).toEqual(['op_id_reused']);
    expect(await sell(await neighbourOf(squatter, 'revoked'), opId)).toEqual(['op_id_reused']);
    expect(await sell(await neighbourOf(squatter), opId, { currency: 'XQQ' })).toEqual(['op_id_reused']);
    expect(await waitingOf(squatter)).toEqual([{ reason: `device_${state}`, resolution: null }, REUSED]);
    expect(await bookedBy(squatter)).toEqual([]);
  });
});

test('an operation that waits for what it says keeps its name', async () => {
  const first = await enrolDevice(hub.pool);
  const opId = uuidV7(systemPorts);
  expect(await sell(first, opId, { currency: 'XQQ' })).toEqual(['unknown_currency']);
  expect(await sell(await neighbourOf(first), opId)).toEqual(['op_id_reused']);
  expect(await bookedBy(first)).toEqual([]);
});
