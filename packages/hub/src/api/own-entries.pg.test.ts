/** A device reads back what it has handed in: its own, to the byte, in pages. */
import { must } from '@holdfast/base';
import { EntriesHead, type Problem } from '@holdfast/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NDJSON, type TestDevice } from './testing-device.ts';
import { startTestHub, type TestHub } from './testing-hub.ts';

let hub: TestHub;
let device: TestDevice;

beforeAll(async () => {
  hub = await startTestHub();
  device = await hub.enrolled();
  for (const amount of ['1.00', '2.00', '3.00', '4.00', '5.00']) device.sell(amount);
  await upload(device);
});

afterAll(() => hub.close());

async function upload(from: TestDevice): Promise<void> {
  const answer = await from.send({
    method: 'POST',
    path: '/api/v1/transactions/batch',
    body: from.batch(),
    contentType: NDJSON,
  });
  expect(answer.status).toBe(200);
}

function ask(as: TestDevice, query: string, incarnation = device.incarnation): Promise<Response> {
  const path = `/api/v1/sync/entries?incarnation=${incarnation}&lane=transactions&${query}`;
  return as.send({ method: 'GET', path });
}

async function read(as: TestDevice, query: string, incarnation?: string) {
  const answer = await ask(as, query, incarnation);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, NDJSON]);
  const lines = (await answer.text()).split('\n');
  expect(lines.pop()).toBe('');
  return { head: EntriesHead.parse(JSON.parse(must(lines[0], 'a head'))), lines: lines.slice(1) };
}

const linesOf = (from: number, to: number) =>
  device.entries.slice(from - 1, to).flatMap((entry) => [entry.headerLine, entry.bodyLine]);

test('pages hold the entries to the byte, with the hash before and how far the stream goes', async () => {
  const first = await read(device, 'after_seq=0&limit=3');
  expect(first.head).toEqual({
    incarnation: device.incarnation,
    lane: 'transactions',
    first_seq: 1,
    count: 3,
    prev_hash: '0'.repeat(64),
    tip_seq: 5,
  });
  expect(first.lines).toEqual(linesOf(1, 3));
  const second = await read(device, 'after_seq=3');
  expect(second.head).toMatchObject({ first_seq: 4, count: 2, tip_seq: 5 });
  expect(second.head.prev_hash).toBe(device.entries[2]?.hash.toString('hex'));
  expect(second.lines).toEqual(linesOf(4, 5));
  expect((await read(device, 'after_seq=5')).head).toMatchObject({ count: 0, tip_seq: 5 });
  expect((await read(device, 'after_seq=9')).head).toMatchObject({ count: 0, tip_seq: 5, prev_hash: null });
});

test('a page ends before it grows too large, but has one entry at least', async () => {
  const large = await hub.enrolled();
  for (let i = 0; i < 5; i += 1) large.sell('1.00', JSON.stringify({ text: 'x'.repeat(230_000) }));
  await upload(large);
  const { head } = await read(large, 'after_seq=0', large.incarnation);
  expect(head).toMatchObject({ count: 4, tip_seq: 5 });
});

test('a stream of another device, and one nobody has, are empty', async () => {
  const stranger = await hub.enrolled();
  for (const incarnation of [device.incarnation, 'f'.repeat(32)]) {
    const page = await read(stranger, 'after_seq=0', incarnation);
    expect([page.head.count, page.head.tip_seq, page.lines]).toEqual([0, 0, []]);
  }
});

test.each(['', 'after_seq=-1', 'after_seq=1.5', 'after_seq=0&limit=0', 'after_seq=0&limit=2001'])(
  'refuses the query "%s"',
  async (query) => {
    const answer = await ask(device, query);
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([400, 'invalid_query']);
  },
);

test('an erased body is null, and its neighbours are whole', async () => {
  const { pool } = hub.hub.context;
  await pool.query('UPDATE entry SET body = NULL WHERE device_id = $1 AND seq = 2', [device.deviceId()]);
  const [one, , three] = device.entries;
  expect((await read(device, 'after_seq=0&limit=3')).lines).toEqual([
    one?.headerLine,
    one?.bodyLine,
    device.entries[1]?.headerLine,
    'null',
    three?.headerLine,
    three?.bodyLine,
  ]);
});

test('a suspended or revoked device reads nothing', async () => {
  for (const state of ['suspended', 'revoked']) {
    await hub.ask('PATCH', `/api/v1/devices/${device.deviceId()}`, { state });
    const answer = await ask(device, 'after_seq=0');
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([403, `device_${state}`]);
  }
});
