/**
 * Answers that a sound edge seldom gets, from the real hub: a device of the test's own asks for each of them. What is
 * kept is every byte of the answer as it came.
 */
import { must, type Ports, randomId, systemPorts, uuidV7 } from '@holdfast/base';
import { createHubForDevice, fetchTransport, type HubForDevice } from '@holdfast/client';
import { generateSigningKey, type SigningKey } from '@holdfast/crypto';
import {
  type BuiltEntry,
  buildBatch,
  buildBodyLine,
  buildEntry,
  buildSeal,
  GENESIS,
} from '@holdfast/journal';
import { type AckStatement, PROTOCOL_VERSION, type SaleBody } from '@holdfast/protocol';
import type { Constellation } from '../system/constellation.ts';
import type { FaultProxy } from './fault-proxy.ts';
import { PASS } from './faults.ts';
import { BATCH } from './proxied-world.ts';

export const ODD_ANSWERS = [
  'gap',
  'fork',
  'clone',
  'invalid',
  'hub_changed',
  'busy',
  'clock_skew',
  'device_revoked',
] as const;
export type OddAnswer = (typeof ODD_ANSWERS)[number];

const PLACE = { lane: 'transactions' } as const;
const WRONG_BY_MS = 3_600_000;

/** Asks the hub behind `proxy` for each odd answer once. Leaves a revoked device and one sale of 1.00 behind. */
export async function gatherOddAnswers(
  world: Constellation,
  proxy: FaultProxy,
): Promise<Record<OddAnswer, Buffer>> {
  const told: { path: string; answer: Buffer }[] = [];
  proxy.setPlan(({ path }) => ({
    kind: 'answer',
    ending: 'keep',
    change: (answer) => {
      told.push({ path, answer });
      return answer;
    },
  }));
  const device = await enrolDevice(world, proxy);
  const { hub, send } = device;
  const [first, other] = [device.entry(1), device.entry(1)];
  const acked = await send({ entry: first });
  if (acked.answer !== 'acked') throw new Error(`The first batch was answered with ${acked.answer}`);
  const second = device.entry(2, first);
  await send({ entry: device.entry(5, first), after: first });
  await send({ entry: other });
  await send({ entry: second, after: first, boot: randomId(systemPorts.random) });
  await send({ entry: { ...second, bodyLine: other.bodyLine }, after: first });
  await send({ entry: second, after: first, lastAck: { ...acked.ack, generation: 'f'.repeat(32) } });
  await whileLocked(world, device.deviceId, () => send({ entry: second, after: first }));
  await device.withClock(WRONG_BY_MS, () => send({ entry: first }));
  await world.setDeviceState(device.deviceId, 'revoked');
  const heartbeat = { boot: device.boot, software_version: '0', streams: [] };
  await hub.sendHeartbeat(device.deviceId, heartbeat).catch(() => undefined); // The refusal is what is wanted.
  proxy.setPlan(() => PASS);
  const found = (name: OddAnswer) => {
    const text =
      name === 'clock_skew' || name === 'device_revoked' ? `"code":"${name}"` : `"answer":"${name}"`;
    const hit = told.find(({ path, answer }) => {
      const isOfBatch = path === BATCH;
      return isOfBatch === (name !== 'device_revoked') && answer.includes(text);
    });
    return must(hit, `the hub did not answer with ${name}`).answer;
  };
  return {
    gap: found('gap'),
    fork: found('fork'),
    clone: found('clone'),
    invalid: found('invalid'),
    hub_changed: found('hub_changed'),
    busy: found('busy'),
    clock_skew: found('clock_skew'),
    device_revoked: found('device_revoked'),
  };
}

/** One entry, and the one before it. */
type Batch = { entry: BuiltEntry; after?: BuiltEntry; boot?: string; lastAck?: AckStatement };

async function enrolDevice(world: Constellation, proxy: FaultProxy) {
  let skewMs = 0;
  const { clock, ...rest } = systemPorts;
  const ports: Ports = { ...rest, clock: { ...clock, nowMs: () => clock.nowMs() - skewMs } };
  const key = generateSigningKey();
  const [boot, incarnation] = [randomId(ports.random), randomId(ports.random)];
  const hub: HubForDevice = createHubForDevice({
    baseUrl: proxy.url,
    key,
    boot,
    transport: fetchTransport,
    ports,
  });
  const { claim_token } = await world.operator.createClaim('STHLM-001');
  const identity = await hub.register({
    claim_token,
    device_name: 'odd',
    device_type: 'pos',
    software_version: '0',
  });
  const { device_id: deviceId, store_id } = identity;
  return {
    hub,
    boot,
    deviceId,
    entry: (seq: number, after?: BuiltEntry) =>
      makeEntry({ deviceId, incarnation, storeId: store_id, seq }, after),
    send: (batch: Batch) =>
      hub.sendBatch({
        path: BATCH,
        gzip: false,
        body: makeBatch(batch, { key, deviceId, incarnation, boot }),
      }),
    /** With a clock that is behind by so much. */
    async withClock<T>(ms: number, use: () => Promise<T>): Promise<T> {
      skewMs = ms;
      const result = await use();
      skewMs = 0;
      return result;
    },
  };
}

type Of = { deviceId: string; incarnation: string; storeId: string; seq: number };

function makeEntry({ deviceId, incarnation, storeId, seq }: Of, after?: BuiltEntry): BuiltEntry {
  const op_id = uuidV7(systemPorts);
  const body: SaleBody = {
    store_id: storeId,
    cashier_id: 'astrid',
    customer_reference: op_id,
    currency: 'SEK',
    amount_total: '1.00',
    tenders: [{ type: 'cash', amount: '1.00' }],
    change: '0.00',
    flags: [],
    payload: '{}',
  };
  const at = new Date(systemPorts.clock.nowMs()).toISOString();
  const who = { terminal_id: null, staff_id: null };
  return buildEntry({
    place: { device_id: deviceId, incarnation, ...PLACE, seq, op_id, kind: 'sale', at, ...who },
    bodyLine: buildBodyLine({ salt: systemPorts.random.bytes(16), body }),
    prevHash: after?.hash ?? GENESIS,
  });
}

function makeBatch(
  { entry, after, boot, lastAck }: Batch,
  as: { key: SigningKey; deviceId: string; incarnation: string; boot: string },
): Buffer {
  const { seq, at } = entry.header;
  const hash = entry.hash.toString('hex');
  const stream = { incarnation: as.incarnation, ...PLACE };
  return buildBatch({
    head: {
      protocol: PROTOCOL_VERSION,
      boot: boot ?? as.boot,
      boot_no: 1,
      first_seq: seq,
      count: 1,
      prev_hash: Buffer.from(after?.hash ?? GENESIS).toString('hex'),
      stream: { ...stream, tip_seq: seq, tip_hash: hash, acked_seq: 0, oldest_unacked_at: at },
      last_ack: lastAck ?? null,
    },
    entries: [entry],
    seal: buildSeal({ deviceId: as.deviceId, heads: [{ ...stream, seq, hash }], key: as.key }),
  });
}

/** Runs `use` while somebody else holds the rows of a device's streams. */
async function whileLocked<T>({ hub }: Constellation, deviceId: string, use: () => Promise<T>): Promise<T> {
  const client = await hub.context.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM stream WHERE device_id = $1 FOR UPDATE', [deviceId]);
    return await use();
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}
