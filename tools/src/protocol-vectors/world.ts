/**
 * The little world the vectors are taken from: two devices, a tenant and a hub, all from one seed. Its keys are in the
 * vectors or follow from the seed, so that they are of no use for anything else.
 */
import { createVirtualPorts, type Random, uuidV7 } from '@holdfast/base';
import { generateSigningKey, type SigningKey } from '@holdfast/crypto';
import {
  type BuiltEntry,
  buildBodyLine,
  buildEntry,
  buildSeal,
  GENESIS,
  SALT_BYTES,
} from '@holdfast/journal';
import type { SaleBody, SealLine } from '@holdfast/protocol';

const SEED = 20_261_120;

export type Device = { deviceId: string; incarnation: string; key: SigningKey };

export type World = {
  random: Random;
  nextId(): string;
  newId128(): string;
  tenantId: string;
  locationId: string;
  macKey: Buffer;
  rootKey: SigningKey;
  hubKey: SigningKey;
  device: Device;
  other: Device;
};

/** The same world at every call. */
export function createWorld(): World {
  const ports = createVirtualPorts({ seed: SEED, startMs: Date.UTC(2026, 10, 20, 9) });
  const { random } = ports;
  const nextId = () => uuidV7(ports);
  const newId128 = () => Buffer.from(random.bytes(16)).toString('hex');
  const newDevice = (): Device => ({
    deviceId: nextId(),
    incarnation: newId128(),
    key: generateSigningKey(random),
  });
  return {
    random,
    nextId,
    newId128,
    tenantId: nextId(),
    locationId: nextId(),
    macKey: Buffer.from(random.bytes(32)),
    rootKey: generateSigningKey(random),
    hubKey: generateSigningKey(random),
    device: newDevice(),
    other: newDevice(),
  };
}

/** The body of a cash sale. */
export function saleBody(changes: Partial<SaleBody> = {}): SaleBody {
  return {
    store_id: 'STHLM-001',
    cashier_id: 'astrid',
    customer_reference: null,
    currency: 'SEK',
    amount_total: '64.00',
    tenders: [{ type: 'cash', amount: '100.00' }],
    change: '36.00',
    flags: [],
    payload:
      '{"cashier_id":"astrid","items":[{"sku":"COF-ESPRESSO","name":"Espresso ☕","quantity":2,"unit_price":"32.00"}]}',
    ...changes,
  };
}

/** Appends a sale to a chain that `entries` are. */
export function appendSale(
  world: World,
  { device, entries }: { device: Device; entries: BuiltEntry[] },
  sale: { opId?: string; body?: object; bodyLine?: string; kind?: string } = {},
): BuiltEntry {
  const bodyLine =
    sale.bodyLine ?? buildBodyLine({ salt: world.random.bytes(SALT_BYTES), body: sale.body ?? saleBody() });
  const seq = entries.length + 1;
  const entry = buildEntry({
    place: {
      device_id: device.deviceId,
      incarnation: device.incarnation,
      lane: 'transactions',
      seq,
      op_id: sale.opId ?? world.nextId(),
      kind: sale.kind ?? 'sale',
      at: new Date(Date.UTC(2026, 10, 20, 9, seq)).toISOString(),
      terminal_id: null,
      staff_id: 'astrid',
    },
    bodyLine,
    prevHash: entries.at(-1)?.hash ?? GENESIS,
  });
  entries.push(entry);
  return entry;
}

/** The seal over the last of `entries`. */
export function sealOf(
  device: Device,
  entries: readonly BuiltEntry[],
  key: SigningKey = device.key,
): SealLine {
  const last = entries.at(-1);
  const head = {
    incarnation: device.incarnation,
    lane: 'transactions' as const,
    seq: last?.header.seq ?? 1,
    hash: Buffer.from(last?.hash ?? GENESIS).toString('hex'),
  };
  return buildSeal({ deviceId: device.deviceId, heads: [head], key });
}
