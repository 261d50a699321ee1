/**
 * The records of an export, as `docs/protocol.md` publishes them: one line of JSON each, in an order that lets a reader
 * check everything about an entry when it has read its line. A record shows the columns of rows as they are stored, for
 * it is they that are checked. Hashes are hexadecimal, other bytes base64url, amounts decimal digits of minor units.
 */
import { z } from 'zod';

/** Version of the export format. */
export const EXPORT_VERSION = 1;

/** Where an export was read from. */
export const EXPORT_SOURCES = ['edge', 'hub', 'archive'] as const;
export type ExportSource = (typeof EXPORT_SOURCES)[number];

const Text = z.string();
const Count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const Minor = z.string().regex(/^-?\d{1,20}$/);
const Certificate = z.object({ statement: Text, signature: Text });

const Seal = z.object({ statement: Text, signature: Text });
export type SealRecord = z.infer<typeof Seal>;

const Transaction = z.object({
  op_id: Text,
  request_hash: Text,
  store_id: Text,
  cashier_id: Text,
  customer_reference: Text.nullable(),
  amount_minor: Minor,
  change_minor: Minor,
  currency: Text,
  receipt_code: Text,
  flags: Text,
  terminal_id: Text.nullable(),
  created_at: Text,
  synced_at: Text.nullable(),
});
export type TransactionRecord = z.infer<typeof Transaction>;

const Op = z.object({ op_id: Text, kind: Text, body_hash: Text, booking_no: Text.nullable() });
export type OpRecord = z.infer<typeof Op>;

const Quarantine = z.object({
  op_id: Text,
  reason: Text,
  received_at: Text,
  resolved_at: Text.nullable(),
  resolution: Text.nullable(),
  note: Text.nullable(),
});
export type QuarantineRecord = z.infer<typeof Quarantine>;

const Posting = z.object({ line: z.number().int(), account: Text, currency: Text, amount_minor: Minor });
export type PostingRecord = z.infer<typeof Posting>;

const Booking = z.object({
  booking_no: Text,
  op_id: Text,
  cashier_id: Text,
  customer_reference: Text.nullable(),
  currency: Text,
  amount_minor: Minor,
  receipt_code: Text,
  created_at: Text,
  received_at: Text,
  postings: z.array(Posting),
});
export type BookingRecord = z.infer<typeof Booking>;

const Head = z.object({
  record: z.literal('export'),
  v: z.literal(EXPORT_VERSION),
  source: z.enum(EXPORT_SOURCES),
  made_at: Text,
  software_version: Text,
  /** Whether the archive's segments are in it: then everything that is called safe must be among them. */
  has_archive: z.boolean(),
});
export type HeadRecord = z.infer<typeof Head>;

/** Of its record in the archive, as the hub knows; 0 for none yet. Only an export of a hub has it. */
const Archived = { archived_revision: Count.optional() };

const Tenant = z.object({
  record: z.literal('tenant'),
  tenant_id: Text,
  root_key: z.object({ key_id: Text, public_key: Text }),
  hub_key: Certificate,
  ...Archived,
});
export type TenantRecord = z.infer<typeof Tenant>;

const Location = z.object({
  record: z.literal('location'),
  tenant_id: Text,
  location_id: Text,
  store_id: Text,
  ...Archived,
});
export type LocationRecord = z.infer<typeof Location>;

/** `device_id` null: the key of an edge, which may have had other names. */
const Key = z.object({
  record: z.literal('key'),
  tenant_id: Text.nullable(),
  device_id: Text.nullable(),
  key_id: Text,
  public_key: Text,
});
export type KeyRecord = z.infer<typeof Key>;

const Device = z.object({
  record: z.literal('device'),
  tenant_id: Text,
  location_id: Text,
  device_id: Text,
  state: Text,
  ...Archived,
});
export type DeviceRecord = z.infer<typeof Device>;

const StreamName = { stream: Count, device_id: Text, incarnation: Text, lane: Text };

/** `start_hash` is that of the entry before the first one here; null when the store does not know it. */
const EdgeStream = z.object({
  record: z.literal('edge_stream'),
  ...StreamName,
  tip_seq: Count,
  tip_hash: Text,
  acked_seq: Count,
  acked_hash: Text,
  safe_seq: Count,
  quarantined: Count,
  last_ack: Text.nullable(),
  opened_at: Text,
  closed_at: Text.nullable(),
  closed_why: Text.nullable(),
  pruned_seq: Count,
  pruned_hash: Text,
  start_hash: Text.nullable(),
});
export type EdgeStreamRecord = z.infer<typeof EdgeStream>;

const HubStream = z.object({
  record: z.literal('hub_stream'),
  ...StreamName,
  tenant_id: Text,
  location_id: Text,
  acked_seq: Count,
  head_hash: Text,
  safe_seq: Count,
  last_received_at: Text,
});
export type HubStreamRecord = z.infer<typeof HubStream>;

const Journalled = {
  stream: Count,
  seq: z.number().int(),
  header: Text,
  body: Text.nullable(),
  hash: Text,
  seal: Seal.nullable(),
};

const EdgeEntry = z.object({
  record: z.literal('edge_entry'),
  ...Journalled,
  transaction: Transaction.nullable(),
});
export type EdgeEntryRecord = z.infer<typeof EdgeEntry>;

const HubEntry = z.object({
  record: z.literal('hub_entry'),
  ...Journalled,
  op_id: Text,
  kind: Text,
  received_at: Text,
  ops: z.array(Op),
  quarantine: Quarantine.nullable(),
  bookings: z.array(Booking),
});
export type HubEntryRecord = z.infer<typeof HubEntry>;

/** A transaction, and maybe a seal, whose entry the edge has pruned. */
const Pruned = z.object({
  record: z.literal('pruned'),
  stream: Count,
  seq: z.number().int(),
  seal: Seal.nullable(),
  transaction: Transaction.nullable(),
});
export type PrunedRecord = z.infer<typeof Pruned>;

/** A file of the archive; `file` is its path there, `text` all of it. `stream` is the one above that it belongs to. */
const Segment = z.object({ record: z.literal('segment'), stream: Count.nullable(), file: Text, text: Text });
export type SegmentRecord = z.infer<typeof Segment>;

/** A record of a tenant, a store or a device in the archive; `file` is its path there, `text` all of it. */
const Identity = z.object({ record: z.literal('identity'), file: Text, text: Text });
export type IdentityFileRecord = z.infer<typeof Identity>;

/** A row that belongs to no place of any stream. There should be none. */
const Orphan = z.object({
  record: z.literal('orphan'),
  table: Text,
  row: z.record(z.string(), z.unknown()),
});
export type OrphanRecord = z.infer<typeof Orphan>;

/** The last record: how many came before it, so that a cut file is told from a whole one. */
const End = z.object({ record: z.literal('end'), records: Count });

/** Any line of an export. */
export const ExportRecord = z.discriminatedUnion('record', [
  Head,
  Tenant,
  Location,
  Device,
  Key,
  EdgeStream,
  HubStream,
  EdgeEntry,
  HubEntry,
  Pruned,
  Segment,
  Identity,
  Orphan,
  End,
]);
export type ExportRecord = z.infer<typeof ExportRecord>;
