/** What the tests of ingest share: an enrolled device that makes entries, seals them and builds batches. */
import { type Ports, randomId, systemPorts, uuidV7 } from '@holdfast/base';
import { generateSigningKey, type SigningKey } from '@holdfast/crypto';
import {
  type BuiltEntry,
  buildBatch,
  buildBodyLine,
  buildEntry,
  buildSeal,
  GENESIS,
} from '@holdfast/journal';
import type { AckStatement, DeviceState, SaleBody } from '@holdfast/protocol';
import type { Pool } from 'pg';

const ports: Ports = systemPorts;
export const STORE_ID = 'store-1';

/** A device with one stream, as an edge would keep it. */
export type TestDevice = {
  tenant_id: string;
  location_id: string;
  device_id: string;
  incarnation: string;
  boot: string;
  boot_no: number;
  key: SigningKey;
  entries: BuiltEntry[];
};

/** Enrols a device of a new tenant with a store of its own. */
export async function enrolDevice(
  pool: Pool,
  options: { state?: DeviceState; tenantId?: string; locationId?: string } = {},
): Promise<TestDevice> {
  const tenant_id = options.tenantId ?? uuidV7(ports);
  const location_id = options.locationId ?? uuidV7(ports);
  const device_id = uuidV7(ports);
  const key = generateSigningKey();
  await pool.query(
    `INSERT INTO location VALUES ($1, $2, $3, 'Shop', 'SEK', 'Europe/Stockholm', $4) ON CONFLICT DO NOTHING`,
    [tenant_id, location_id, STORE_ID, new Date(0)],
  );
  await pool.query(`INSERT INTO device VALUES ($1, $2, $3, 'Till', 'pos', $4, '1', $5)`, [
    tenant_id,
    location_id,
    device_id,
    options.state ?? 'active',
    new Date(0),
  ]);
  await pool.query('INSERT INTO device_key VALUES ($1, $2, $3, $4, $5)', [
    tenant_id,
    device_id,
    key.keyId,
    key.publicKey,
    new Date(0),
  ]);
  const { random } = ports;
  return {
    tenant_id,
    location_id,
    device_id,
    key,
    incarnation: randomId(random),
    boot: randomId(random),
    boot_no: 1,
    entries: [],
  };
}

/** The body of a cash sale; 12.50 SEK paid with 20.00 unless changed. */
export function saleBody(changes: Partial<SaleBody> = {}): SaleBody {
  return {
    store_id: STORE_ID,
    cashier_id: 'anna',
    customer_reference: null,
    currency: 'SEK',
    amount_total: '12.50',
    tenders: [{ type: 'cash', amount: '20.00' }],
    change: '7.50',
    flags: [],
    payload: '{"items":[{"sku":"coffee","quantity":1,"unit_price":"12.50"}]}',
    ...changes,
  };
}

/** Appends one entry to the device's own journal. */
export function addEntry(
  device: TestDevice,
  options: { body?: object; opId?: string; kind?: string; bodyLine?: string; at?: string } = {},
): BuiltEntry {
  const entry = buildEntry({
    place: {
      device_id: device.device_id,
      incarnation: device.incarnation,
      lane: 'transactions',
      seq: device.entries.length + 1,
      op_id: options.opId ?? uuidV7(ports),
      kind: options.kind ?? 'sale',
      at: options.at ?? '2026-05-01T12:00:00.000Z',
      terminal_id: 'till-1',
      staff_id: 'anna',
    },
    bodyLine:
      options.bodyLine ?? buildBodyLine({ salt: ports.random.bytes(16), body: options.body ?? saleBody() }),
    prevHash: device.entries.at(-1)?.hash ?? GENESIS,
  });
  device.entries.push(entry);
  return entry;
}

/** Appends `count` sales. */
export function addSales(device: TestDevice, count: number): void {
  for (let i = 0; i < count; i += 1) addEntry(device);
}

/** The batch of entries `from` to `to` (sequence numbers, both included), sealed by `key`. */
export function batchOf(
  device: TestDevice,
  options: {
    from?: number;
    to?: number;
    lastAck?: AckStatement | null;
    key?: SigningKey;
    prevHash?: string;
  } = {},
): Buffer {
  const from = options.from ?? 1;
  const to = options.to ?? device.entries.length;
  const entries = device.entries.slice(from - 1, to);
  const hashAt = (seq: number) => Buffer.from(device.entries[seq - 1]?.hash ?? GENESIS).toString('hex');
  const { incarnation } = device;
  return buildBatch({
    head: {
      protocol: 1,
      boot: device.boot,
      boot_no: device.boot_no,
      first_seq: from,
      count: entries.length,
      prev_hash: options.prevHash ?? hashAt(from - 1),
      stream: {
        incarnation,
        lane: 'transactions',
        tip_seq: device.entries.length,
        tip_hash: hashAt(device.entries.length),
        acked_seq: options.lastAck?.acked_seq ?? 0,
        oldest_unacked_at: '2026-05-01T12:00:00.000Z',
      },
      last_ack: options.lastAck ?? null,
    },
    entries,
    seal: buildSeal({
      deviceId: device.device_id,
      heads: [{ incarnation, lane: 'transactions', seq: to, hash: hashAt(to) }],
      key: options.key ?? device.key,
    }),
  });
}
