import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from '@holdfast/base';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addSales, batchOf, enrolDevice } from './testing.ts';
import { openTestIngest, type TestIngest } from './testing-ingest.ts';

let hub: TestIngest;
beforeAll(async () => {
  hub = await openTestIngest();
});
afterAll(() => hub.close());
beforeEach(() => hub.reset());

describe('the archive', () => {
  test('holds what came, to the byte', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 3);
    const raw = batchOf(device);
    await hub.sendAcked(device, raw);
    const path = join(
      hub.folder,
      device.tenant_id,
      device.device_id,
      `${device.incarnation}-transactions`,
      '1-3.ndjson',
    );
    const [head, ...lines] = (await readFile(path, 'utf8')).split('\n');
    expect(JSON.parse(must(head, 'a segment has a head'))).toMatchObject({ first_seq: 1, count: 3 });
    expect(lines.join('\n')).toBe(raw.toString().split('\n').slice(1).join('\n'));
    expect(await readdir(join(hub.folder, 'staging'))).toEqual([]);
  });

  test('holds nothing that was not taken', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 3);
    await hub.send(device, batchOf(device, { from: 2 }));
    expect(await readdir(hub.folder)).toEqual(['staging']);
    expect(await readdir(join(hub.folder, 'staging'))).toEqual([]);
  });

  test('that cannot be written costs safety, not the sale', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 4);
    await hub.sendAcked(device, batchOf(device, { to: 1 }));
    await rm(join(hub.folder, 'staging'), { recursive: true });
    await writeFile(join(hub.folder, 'staging'), 'in the way');
    const ack = await hub.sendAcked(device, batchOf(device, { from: 2, to: 2 }));
    expect([ack.acked_seq, ack.safe_seq]).toEqual([2, 1]);
    await rm(join(hub.folder, 'staging'));
    const later = await hub.sendAcked(device, batchOf(device, { from: 3, lastAck: ack }));
    expect([later.acked_seq, later.safe_seq]).toEqual([4, 1]);
  });
});
