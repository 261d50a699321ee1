import { randomId, systemPorts } from '@holdfast/base';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addSales, batchOf, enrolDevice, type TestDevice } from './testing.ts';
import { openTestIngest, type TestIngest } from './testing-ingest.ts';

let hub: TestIngest;
beforeAll(async () => {
  hub = await openTestIngest();
});
afterAll(() => hub.close());
beforeEach(() => hub.reset());

/** The same store as another process: one that was started `boot_no` times. */
function processOf(device: TestDevice, boot_no: number): TestDevice {
  return { ...device, boot: randomId(systemPorts.random), boot_no };
}

async function storeWith(count: number): Promise<{ first: TestDevice; second: TestDevice }> {
  const first = await enrolDevice(hub.pool);
  addSales(first, count);
  return { first, second: processOf(first, 2) };
}

describe('a late batch of an earlier process', () => {
  test('that repeats what is held is acked, and takes the lease from nobody', async () => {
    const { first, second } = await storeWith(3);
    const late = batchOf(first, { to: 2 });
    await hub.sendAcked(first, batchOf(first, { to: 1 }));
    await hub.sendAcked(second, batchOf(second, { from: 2, to: 2 }));
    expect((await hub.sendAcked(first, late)).acked_seq).toBe(2);
    expect((await hub.sendAcked(second, batchOf(second, { from: 3 }))).acked_seq).toBe(3);
  });

  test.each([2, 150])(
    'that brings %i new entries is taken, and takes the lease from nobody',
    async (count) => {
      const { first, second } = await storeWith(count + 3);
      await hub.sendAcked(second, batchOf(second, { to: 1 }));
      expect((await hub.sendAcked(first, batchOf(first, { from: 2, to: count + 1 }))).acked_seq).toBe(
        count + 1,
      );
      await hub.sendAcked(second, batchOf(second, { from: 2, to: count + 2 }));
      // By now it is no batch that was long on its way.
      expect(await hub.send(first, batchOf(first, { from: count + 3 }))).toEqual({ answer: 'clone' });
      await hub.sendAcked(first, batchOf(first, { to: count }));
      await hub.sendAcked(second, batchOf(second, { from: count + 3 }));
      expect(await hub.count('booking', first)).toBe(count + 3);
    },
  );

  test('is no news of what the device holds', async () => {
    const { first, second } = await storeWith(2);
    const late = batchOf(first, { to: 1 });
    addSales(second, 1);
    await hub.sendAcked(second, batchOf(second, { to: 2 }));
    await hub.sendAcked(first, late);
    const { rows } = await hub.pool.query('SELECT tip_seq FROM stream_report WHERE device_id = $1', [
      first.device_id,
    ]);
    expect(rows).toEqual([{ tip_seq: 3n }]);
  });

  test('that differs is a fork', async () => {
    const { first, second } = await storeWith(1);
    const restored: TestDevice = { ...first, entries: [] };
    addSales(restored, 1);
    await hub.sendAcked(second, batchOf(second));
    expect(await hub.send(restored, batchOf(restored))).toMatchObject({ answer: 'fork', at_seq: 1 });
    addSales(second, 1);
    await hub.sendAcked(second, batchOf(second, { from: 2 }));
  });
});

describe('two processes of one start', () => {
  test('are two lives of one store: the second one is told', async () => {
    const first = await enrolDevice(hub.pool);
    addSales(first, 3);
    const twin = processOf(first, first.boot_no);
    await hub.sendAcked(first, batchOf(first, { to: 1 }));
    expect(await hub.send(twin, batchOf(twin, { from: 2, to: 2 }))).toEqual({ answer: 'clone' });
    expect(await hub.send(twin, batchOf(twin, { to: 1 }))).toEqual({ answer: 'clone' });
    await hub.sendAcked(first, batchOf(first, { from: 2 }));
    expect(await hub.count('booking', first)).toBe(3);
  });

  test('with different entries: the one is a restored disk, the other is told should it live on', async () => {
    const first = await enrolDevice(hub.pool);
    addSales(first, 1);
    const restored: TestDevice = { ...processOf(first, first.boot_no), entries: first.entries.slice() };
    addSales(first, 2);
    addSales(restored, 1);
    await hub.sendAcked(first, batchOf(first, { to: 2 }));
    expect(await hub.send(restored, batchOf(restored, { from: 2 }))).toMatchObject({
      answer: 'fork',
      at_seq: 2,
    });
    await hub.sendAcked(first, batchOf(first, { to: 2 }));
    expect(await hub.send(first, batchOf(first, { from: 3 }))).toEqual({ answer: 'clone' });
  });
});

test('a later start takes the lease; the one before it has lost it', async () => {
  const { first, second } = await storeWith(3);
  await hub.sendAcked(first, batchOf(first, { to: 1 }));
  await hub.sendAcked(second, batchOf(second, { from: 2, to: 2 }));
  expect(await hub.send(first, batchOf(first, { from: 3 }))).toEqual({ answer: 'clone' });
  expect(await hub.send(first, batchOf(first, { from: 2, to: 3 }))).toEqual({ answer: 'clone' });
  await hub.sendAcked(second, batchOf(second, { from: 3 }));
});
