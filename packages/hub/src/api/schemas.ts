/** Shapes that operators see and no device does; what devices see is in the protocol. */
import { LIMITS } from '@holdfast/base';
import {
  CatalogueItem,
  CurrencyCode,
  Cursor,
  DEVICE_STATES,
  Heartbeat,
  HUB_INCARNATION,
  Id128,
  Instant,
  LaneName,
  RegisterRequest,
  Seq,
  StaffMember,
  StreamReport,
  Text,
  Uuid,
} from '@holdfast/protocol';
import { z } from 'zod';

export const StoreId = Text.min(1).max(128);

/** Which page of a list. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(LIMITS.pageRowsMax).default(LIMITS.pageRowsDefault),
  cursor: Cursor.optional(),
});

/** With a store a change is for that store alone, without one for all of the tenant. */
export const ScopeQuery = z.object({ store_id: StoreId.optional() });

export const LocationRequest = z.object({
  store_id: StoreId,
  name: Text.min(1).max(128),
  currency: CurrencyCode,
  time_zone: z.string().min(1).max(64),
});

export const LocationAnswer = LocationRequest.extend({ location_id: Uuid });

export const LocationList = z.object({ locations: z.array(LocationAnswer) });

export const DeviceAnswer = z.object({
  device_id: Uuid,
  name: z.string(),
  kind: z.string(),
  state: z.enum(DEVICE_STATES),
  store_id: z.string(),
  software_version: z.string(),
  created_at: Instant,
  streams: z.array(
    z.object({
      incarnation: Id128,
      lane: LaneName,
      acked_seq: Seq,
      safe_seq: Seq,
      tip_seq: Seq.nullable(),
      last_received_at: Instant.nullable(),
      reported_at: Instant.nullable(),
    }),
  ),
});

export const DeviceList = z.object({ devices: z.array(DeviceAnswer), next_cursor: Cursor.nullable() });

export const DeviceStateRequest = z.object({ state: z.enum(['active', 'suspended', 'revoked']) });

/** The article's sku stands in the address. */
export const CatalogueRequest = CatalogueItem.omit({ sku: true }).extend({
  price: z.union([z.string(), z.number()]),
  currency: CurrencyCode,
  category: Text.max(64).default(''),
  barcode: Text.max(64).nullable().default(null),
  symbol: Text.max(8).default(''),
});

/** The person's staff_id stands in the address. The PIN is hashed at once and never shown. */
export const StaffRequest = StaffMember.pick({ name: true, role: true }).extend({
  pin: z.string().regex(/^[0-9]{4,12}$/, 'expected 4 to 12 digits'),
});

/** What is kept must be text: PostgreSQL has no room for the character NUL. */
const SoftwareVersion = Text.max(64);
export const StorableRegistration = RegisterRequest.extend({ software_version: SoftwareVersion });
/** The stream of JSON batches is the hub's own: no device reports it. */
const DeviceReport = StreamReport.refine((report) => report.incarnation !== HUB_INCARNATION, {
  path: ['incarnation'],
  message: 'no device has a stream whose incarnation is all zeros',
});
export const StorableHeartbeat = Heartbeat.extend({
  software_version: SoftwareVersion,
  streams: z.array(DeviceReport).max(64),
});

export const SkuParams = z.object({ sku: CatalogueItem.shape.sku });
export const StaffParams = z.object({ staff_id: StaffMember.shape.staff_id });
export const DeviceParams = z.object({ id: Uuid });
