import { setImmediate } from 'node:timers/promises';
import { assert, systemPorts } from '@holdfast/base';
import { createVerifier } from '@holdfast/crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { transact } from '../store/transact.ts';
import { appendBatch } from './append-batch.ts';
import { readBatch } from './read-batch.ts';
import type { IngestCall } from './run-ingest.ts';
import { addSales, batchOf, enrolDevice, STORE_ID, type TestDevice } from './testing.ts';
import { GENERATION, openTestIngest, RECEIVED_MS, type TestIngest } from './testing-ingest.ts';

let hub: TestIngest;
beforeAll(async () => {
  hub = await openTestIngest();
});
afterAll(() => hub.close());
beforeEach(() => hub.reset());

function callOf(device: TestDevice, lockWaitMs: number): IngestCall {
  const { tenant_id, location_id, device_id, incarnation } = device;
  return {
    stream: { tenant_id, location_id, device_id, incarnation, lane: 'transactions' },
    boot: { id: device.boot, no: device.boot_no },
    receivedAt: new Date(RECEIVED_MS),
    lockWaitMs,
    firstSeq: 1,
    prevHash: Buffer.alloc(32),
    presented: null,
    freshGeneration: GENERATION,
    report: { tipSeq: 300, tipHash: Buffer.alloc(32), oldestUnackedAtMs: null },
    seal: null,
  };
}

test('a piece that cannot be made ready leaves no failure of the query behind, and nothing in the ledger', async () => {
  const device = await enrolDevice(hub.pool);
  addSales(device, 300);
  const read = readBatch({
    bytes: batchOf(device),
    deviceId: device.device_id,
    publicKeyOf: () => device.key.publicKey,
    verifier: createVerifier(),
  });
  assert(read.kind === 'ok', 'the batch holds');
  const unseen: unknown[] = [];
  const onUnseen = (error: unknown) => unseen.push(error);
  process.on('unhandledRejection', onUnseen);
  // The first piece has a hundred entries; with the wait that is no number its query fails as well.
  for (const [lockWaitMs, failure] of [
    [1_000, /out of columns/],
    [Number.NaN, /lock_timeout/],
  ] as const) {
    let judged = 0;
    const sender = {
      state: 'active' as const,
      get store_id() {
        judged += 1;
        if (judged > 150) throw new Error('out of columns');
        return STORE_ID;
      },
    };
    const appending = transact(hub.pool, (client) =>
      appendBatch(client, {
        entries: read.batch.entries,
        hashes: read.hashes,
        call: callOf(device, lockWaitMs),
        sender,
      }),
    );
    await expect(appending).rejects.toThrow(failure);
  }
  await systemPorts.timers.sleep(50);
  await setImmediate();
  process.off('unhandledRejection', onUnseen);
  expect(unseen).toEqual([]);
  expect(await hub.count('entry', device)).toBe(0);
  expect((await hub.sendAcked(device, batchOf(device))).acked_seq).toBe(300);
});
