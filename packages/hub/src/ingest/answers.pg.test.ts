import { gzipSync } from 'node:zlib';
import { assert, isAppError, must, randomId, systemPorts } from '@holdfast/base';
import { generateSigningKey } from '@holdfast/crypto';
import { HUB_INCARNATION } from '@holdfast/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signAck } from './ack.ts';
import { addSales, batchOf, enrolDevice, type TestDevice } from './testing.ts';
import { GENERATION, MAC_KEY, openTestIngest, type TestIngest } from './testing-ingest.ts';

let hub: TestIngest;
beforeAll(async () => {
  hub = await openTestIngest();
});
afterAll(() => hub.close());
beforeEach(() => hub.reset());

function hashOf(device: TestDevice, seq: number): string {
  return must(device.entries[seq - 1], 'the device has this entry').hash.toString('hex');
}

describe('gap, fork, clone, invalid', () => {
  test('gap names what is missing', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 6);
    await hub.sendAcked(device, batchOf(device, { to: 2 }));
    expect(await hub.send(device, batchOf(device, { from: 5 }))).toEqual({ answer: 'gap', expected: 3 });
    expect(await hub.count('entry', device)).toBe(2);
  });

  test('fork names the first entry that differs and the hash of the hub', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 4);
    await hub.sendAcked(device, batchOf(device));
    const restored: TestDevice = { ...device, entries: device.entries.slice(0, 2) };
    addSales(restored, 3);
    const fork = { answer: 'fork', at_seq: 3, hub_hash: hashOf(device, 3) };
    expect(await hub.send(restored, batchOf(restored))).toEqual(fork);
    // Past what the hub has, the break shows at the join.
    expect(await hub.send(restored, batchOf(restored, { from: 5 }))).toEqual({
      answer: 'fork',
      at_seq: 4,
      hub_hash: hashOf(device, 4),
    });
    expect(await hub.count('booking', device)).toBe(4);
  });

  test('clone: a boot that another one has superseded', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 3);
    await hub.sendAcked(device, batchOf(device, { to: 1 }));
    const twin: TestDevice = { ...device, boot: randomId(systemPorts.random), boot_no: 2 };
    await hub.sendAcked(twin, batchOf(twin, { from: 2, to: 2 }));
    expect(await hub.send(device, batchOf(device, { from: 3 }))).toEqual({ answer: 'clone' });
    await hub.sendAcked(twin, batchOf(twin, { from: 3 }));
  });

  test('invalid: an entry, the seal, the key, the owner', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 3);
    const good = batchOf(device).toString();
    const broken = Buffer.from(good.replace(/"till-1"(?=[^\n]*"body_hash")/, '"till-2"'));
    expect(await hub.send(device, broken)).toMatchObject({ answer: 'invalid' });
    expect(await hub.send(device, batchOf(device, { key: generateSigningKey() }))).toMatchObject({
      answer: 'invalid',
      at_seq: 3,
    });
    const lines = good.split('\n');
    lines[3] = 'torn';
    expect(await hub.send(device, Buffer.from(lines.join('\n')))).toMatchObject({
      answer: 'invalid',
      at_seq: 2,
    });
    const other = await enrolDevice(hub.pool);
    expect(await hub.send(other, batchOf(device))).toMatchObject({ answer: 'invalid', at_seq: 1 });
    await hub.pool.query('UPDATE device_key SET retired_at = $2 WHERE device_id = $1', [
      device.device_id,
      new Date(0),
    ]);
    expect(await hub.send(device, batchOf(device))).toMatchObject({ answer: 'invalid', at_seq: 3 });
    expect(await hub.count('entry', device)).toBe(0);
  });

  test('what is no batch at all is refused', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 1);
    const newer = Buffer.from(batchOf(device).toString().replace('"protocol":1', '"protocol":99'));
    const requests: [Buffer, string | undefined][] = [
      [Buffer.from('{}\n'), undefined],
      [Buffer.from('garbage'), 'gzip'],
      [gzipSync(Buffer.alloc(3_000_000)), 'gzip'],
      [batchOf(device), 'br'],
      [newer, undefined],
      [batchOf({ ...device, incarnation: HUB_INCARNATION }), undefined],
    ];
    const refusals: unknown[] = [];
    for (const [raw, encoding] of requests) {
      refusals.push(await hub.send(device, raw, encoding).catch((error: unknown) => error));
    }
    expect(refusals.map((error) => isAppError(error) && error.code)).toEqual([
      'invalid_request',
      'invalid_request',
      'body_too_large',
      'unsupported_media_type',
      'protocol_version',
      'invalid_request',
    ]);
    expect(await hub.count('stream', device)).toBe(0);
  });
});

describe('hub_changed', () => {
  test('a valid ack ahead of the hub proves a restore: a new generation, minted once', async () => {
    const device = await enrolDevice(hub.pool);
    const other = await enrolDevice(hub.pool);
    addSales(device, 4);
    addSales(other, 2);
    await hub.sendAcked(device, batchOf(device, { to: 2 }));
    const forgotten = signAck(MAC_KEY, {
      generation: GENERATION,
      device_id: device.device_id,
      incarnation: device.incarnation,
      lane: 'transactions',
      acked_seq: 3,
      head_hash: hashOf(device, 3),
      safe_seq: 0,
    });
    const answer = await hub.send(device, batchOf(device, { from: 4, lastAck: forgotten }));
    assert(answer.answer === 'hub_changed', 'the ack is ahead');
    expect(answer).toMatchObject({ acked_seq: 2, head_hash: hashOf(device, 2) });
    expect(answer.generation).not.toBe(GENERATION);
    const told = await hub.send(
      other,
      batchOf(other, { lastAck: { ...forgotten, device_id: other.device_id } }),
    );
    expect(told).toMatchObject({ answer: 'hub_changed', generation: answer.generation, acked_seq: 0 });
    const resent = await hub.sendAcked(device, batchOf(device, { from: 3 }));
    expect([resent.acked_seq, resent.generation]).toEqual([4, answer.generation]);
  });

  test.each([1, 2])('a valid ack with another hash at place %i does too', async (seq) => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 3);
    const ack = await hub.sendAcked(device, batchOf(device, { to: 2 }));
    const { mac, ...statement } = ack;
    const lastAck = signAck(MAC_KEY, { ...statement, acked_seq: seq, head_hash: 'e'.repeat(64) });
    expect(await hub.send(device, batchOf(device, { from: 3, lastAck }))).toMatchObject({
      answer: 'hub_changed',
      acked_seq: 2,
    });
    expect(mac).not.toBe(lastAck.mac);
  });

  test('an older ack of ours, or a forged one, proves nothing', async () => {
    const device = await enrolDevice(hub.pool);
    addSales(device, 3);
    const ack = await hub.sendAcked(device, batchOf(device, { to: 1 }));
    await hub.sendAcked(device, batchOf(device, { from: 2, to: 2, lastAck: ack }));
    await hub.sendAcked(device, batchOf(device, { from: 2, lastAck: ack }));
    const forged = { ...ack, acked_seq: 900 };
    expect((await hub.sendAcked(device, batchOf(device, { lastAck: forged }))).generation).toBe(GENERATION);
  });
});
