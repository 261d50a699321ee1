/** Exports made by hand: of an edge with an earlier life, and of the hub it sent to, with its archive. */
import { canonicalJson, hmacSha256, sha256Hex, toBase64Url } from '@holdfast/crypto';
import { type BuiltEntry, receiptCode } from '@holdfast/journal';
import type {
  BookingRecord,
  EdgeEntryRecord,
  EdgeStreamRecord,
  ExportRecord,
  HubEntryRecord,
  SegmentRecord,
  TransactionRecord,
} from '@holdfast/verify';
import { appendSale, type Device, saleBody, sealOf, type World } from './world.ts';

const ZERO = '0'.repeat(64);
const RECEIVED_AT = '2026-11-20T10:00:00.000Z';
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Two sales in a life that was ended, the second of them again in the present one, and a third. */
export type Lives = { before: Device; first: BuiltEntry[]; second: BuiltEntry[] };

export function createLives(world: World): Lives {
  const before: Device = { ...world.device, incarnation: world.newId128() };
  const first: BuiltEntry[] = [];
  const second: BuiltEntry[] = [];
  appendSale(world, { device: before, entries: first });
  const again = appendSale(
    world,
    { device: before, entries: first },
    { body: saleBody({ cashier_id: 'bo' }) },
  );
  appendSale(
    world,
    { device: world.device, entries: second },
    { opId: again.header.op_id, bodyLine: again.bodyLine },
  );
  appendSale(world, { device: world.device, entries: second });
  return { before, first, second };
}

/** With the head before, and the end after them. */
function whole(source: 'edge' | 'hub' | 'archive', records: ExportRecord[]): ExportRecord[] {
  const has_archive = source !== 'edge';
  const head = { source, made_at: '2026-11-20T12:00:00.000Z', software_version: '0.1.0', has_archive };
  return [{ record: 'export', v: 1, ...head }, ...records, { record: 'end', records: records.length + 1 }];
}

function tenantOf(world: World): ExportRecord {
  const { tenantId: tenant_id, rootKey, hubKey } = world;
  const statement = canonicalJson({
    v: 1,
    purpose: 'hub',
    tenant_id,
    key_id: hubKey.keyId,
    public_key: toBase64Url(hubKey.publicKey),
    issued_at: '2026-11-20T08:00:00.000Z',
  });
  return {
    record: 'tenant',
    tenant_id,
    root_key: { key_id: rootKey.keyId, public_key: toBase64Url(rootKey.publicKey) },
    hub_key: { statement, signature: toBase64Url(rootKey.sign(Buffer.from(statement))) },
  };
}

function keyOf(world: World, isOfHub: boolean): ExportRecord {
  const { key, deviceId } = world.device;
  return {
    record: 'key',
    tenant_id: isOfHub ? world.tenantId : null,
    device_id: isOfHub ? deviceId : null,
    key_id: key.keyId,
    public_key: toBase64Url(key.publicKey),
  };
}

export function edgeRecords(world: World, { before, first, second }: Lives): ExportRecord[] {
  return whole('edge', [
    tenantOf(world),
    keyOf(world, false),
    edgeStream(before, first, { stream: 0, acked: 1, closed_why: 'invalid' }),
    ...first.map((_, index) =>
      edgeEntry(before, first.slice(0, index + 1), { stream: 0, row: index === 0, acked: 1 }),
    ),
    edgeStream(world.device, second, { stream: 1, acked: 1, closed_why: null }),
    ...second.map((_, index) =>
      edgeEntry(world.device, second.slice(0, index + 1), { stream: 1, row: true, acked: 1 }),
    ),
  ]);
}

function edgeStream(
  device: Device,
  entries: readonly BuiltEntry[],
  { stream, acked, closed_why }: { stream: number; acked: number; closed_why: string | null },
): EdgeStreamRecord {
  return {
    record: 'edge_stream',
    stream,
    device_id: device.deviceId,
    incarnation: device.incarnation,
    lane: 'transactions',
    tip_seq: entries.length,
    tip_hash: hexOf(entries.at(-1)?.hash ?? Buffer.alloc(32)),
    acked_seq: acked,
    acked_hash: hexOf(entries[acked - 1]?.hash ?? Buffer.alloc(32)),
    safe_seq: acked,
    quarantined: 0,
    last_ack: null,
    opened_at: '2026-11-20T08:30:00.000Z',
    closed_at: closed_why === null ? null : '2026-11-20T08:45:00.000Z',
    closed_why,
    pruned_seq: 0,
    pruned_hash: ZERO,
    start_hash: ZERO,
  };
}

/** The last of `entries`, each of which was a commit of its own. */
function edgeEntry(
  device: Device,
  entries: readonly BuiltEntry[],
  { stream, row, acked }: { stream: number; row: boolean; acked: number },
): EdgeEntryRecord {
  const entry = lastOf(entries);
  const { headerLine: header, bodyLine: body, hash } = entry;
  const seal = sealOf(device, entries);
  const transaction = row ? transactionOf(entry, entries.length <= acked) : null;
  return {
    record: 'edge_entry',
    stream,
    seq: entries.length,
    header,
    body,
    hash: hexOf(hash),
    seal,
    transaction,
  };
}

function transactionOf({ header, bodyLine }: BuiltEntry, isAcked: boolean): TransactionRecord {
  const { body } = JSON.parse(bodyLine);
  return {
    op_id: header.op_id,
    request_hash: sha256Hex(body.payload),
    store_id: body.store_id,
    cashier_id: body.cashier_id,
    customer_reference: null,
    amount_minor: '6400',
    change_minor: '3600',
    currency: 'SEK',
    receipt_code: receiptCode(header.op_id, header.body_hash),
    flags: '',
    terminal_id: null,
    created_at: header.at,
    synced_at: isAcked ? RECEIVED_AT : null,
  };
}

/** The hub has all of it: of the sale that came twice the first entry owns the operation. */
export function hubRecords(world: World, { before, first, second }: Lives): ExportRecord[] {
  const { tenantId: tenant_id, locationId: location_id, device } = world;
  const streams = [
    { of: before, entries: first },
    { of: device, entries: second },
  ];
  return whole('hub', [
    tenantOf(world),
    { record: 'location', tenant_id, location_id, store_id: 'STHLM-001' },
    { record: 'device', tenant_id, location_id, device_id: device.deviceId, state: 'active' },
    keyOf(world, true),
    ...streams.flatMap(({ of, entries }, stream) => [
      {
        record: 'hub_stream' as const,
        stream,
        tenant_id,
        location_id,
        device_id: of.deviceId,
        incarnation: of.incarnation,
        lane: 'transactions',
        acked_seq: entries.length,
        head_hash: hexOf(lastOf(entries).hash),
        safe_seq: entries.length,
        last_received_at: RECEIVED_AT,
      },
      ...entries.map((_, index) =>
        hubEntry(of, entries, { stream, index, isRepeat: stream === 1 && index === 0 }),
      ),
      segmentOf(world, of, { entries, stream }),
    ]),
  ]);
}

function hubEntry(
  device: Device,
  entries: readonly BuiltEntry[],
  { stream, index, isRepeat }: { stream: number; index: number; isRepeat: boolean },
): HubEntryRecord {
  const entry = lastOf(entries.slice(0, index + 1));
  const { op_id, kind, body_hash } = entry.header;
  const booking_no = String(10 * stream + index + 1);
  return {
    record: 'hub_entry',
    stream,
    seq: index + 1,
    header: entry.headerLine,
    body: entry.bodyLine,
    hash: hexOf(entry.hash),
    seal: index === entries.length - 1 ? sealOf(device, entries) : null,
    op_id,
    kind,
    received_at: RECEIVED_AT,
    ops: isRepeat ? [] : [{ op_id, kind, body_hash, booking_no }],
    quarantine: null,
    bookings: isRepeat ? [] : [bookingOf(entry, booking_no)],
  };
}

function bookingOf({ header, bodyLine }: BuiltEntry, booking_no: string): BookingRecord {
  const { body } = JSON.parse(bodyLine);
  const posting = (line: number, account: string, amount_minor: string) => ({
    line,
    account,
    currency: 'SEK',
    amount_minor,
  });
  return {
    booking_no,
    op_id: header.op_id,
    cashier_id: body.cashier_id,
    customer_reference: null,
    currency: 'SEK',
    amount_minor: '6400',
    receipt_code: receiptCode(header.op_id, header.body_hash),
    created_at: header.at,
    received_at: RECEIVED_AT,
    postings: [
      posting(1, 'cash_drawer', '10000'),
      posting(2, 'cash_drawer', '-3600'),
      posting(3, 'sales', '-6400'),
    ],
  };
}

/** All entries of a stream as one segment. */
function segmentOf(
  world: World,
  device: Device,
  { entries, stream }: { entries: readonly BuiltEntry[]; stream: number | null },
): SegmentRecord {
  const lines = [
    ...entries.flatMap((entry) => [entry.headerLine, entry.bodyLine]),
    JSON.stringify(sealOf(device, entries)),
    '',
  ].join('\n');
  const statement = {
    tenant_id: world.tenantId,
    location_id: world.locationId,
    device_id: device.deviceId,
    incarnation: device.incarnation,
    lane: 'transactions',
    first_seq: 1,
    count: entries.length,
    prev_hash: ZERO,
    head_hash: hexOf(lastOf(entries).hash),
    received_at: RECEIVED_AT,
    device_state: 'active',
  };
  const mac = toBase64Url(hmacSha256(world.macKey, `holdfast-segment-v1\n${canonicalJson(statement)}`));
  const head = JSON.stringify({ v: 1, ...statement, mac, bytes: Buffer.byteLength(lines) });
  const folder = `${world.tenantId}/${device.deviceId}/${device.incarnation}-transactions`;
  return {
    record: 'segment',
    stream,
    file: `${folder}/1-${entries.length}.ndjson`,
    text: `${head}\n${lines}`,
  };
}

function lastOf(entries: readonly BuiltEntry[]): BuiltEntry {
  const last = entries.at(-1);
  if (last === undefined) throw new Error('there are entries');
  return last;
}
