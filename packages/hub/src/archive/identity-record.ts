/**
 * Records of tenants, stores and devices in the archive: what a replay must know to accept the streams of devices that
 * enrolled after a backup was made, or of all of them when there is none. Each has a MAC under the hub's own key, for a
 * record that anybody could write would be a way to enrol.
 */
import { canonicalJson, fromBase64Url, hmacSha256, sameBytes, toBase64Url } from '@holdfast/crypto';
import { Base64Url, DEVICE_STATES, Instant, KeyCertificate, Uuid } from '@holdfast/protocol';
import { z } from 'zod';

/** Separates this use of the MAC key from every other. */
const CONTEXT = 'holdfast-identity-v1\n';

const Common = z.object({ v: z.literal(1), revision: z.number().int().min(1), created_at: Instant });

const TenantRecord = Common.extend({
  record: z.literal('tenant'),
  tenant_id: Uuid,
  name: z.string(),
  root_key_id: z.string(),
  root_public_key: Base64Url,
  hub_key_certificate: KeyCertificate,
});

const LocationRecord = Common.extend({
  record: z.literal('location'),
  tenant_id: Uuid,
  location_id: Uuid,
  store_id: z.string(),
  name: z.string(),
  currency: z.string(),
  time_zone: z.string(),
});

const DeviceRecord = Common.extend({
  record: z.literal('device'),
  tenant_id: Uuid,
  location_id: Uuid,
  device_id: Uuid,
  name: z.string(),
  kind: z.string(),
  state: z.enum(DEVICE_STATES),
  software_version: z.string(),
  keys: z.array(
    z.object({
      key_id: z.string(),
      public_key: Base64Url,
      accepted_at: Instant,
      retired_at: Instant.nullable(),
    }),
  ),
});

export const IdentityRecord = z.discriminatedUnion('record', [TenantRecord, LocationRecord, DeviceRecord]);
export type IdentityRecord = z.infer<typeof IdentityRecord>;
export type RecordOf<K extends IdentityRecord['record']> = Extract<IdentityRecord, { record: K }>;

/** What the archive calls a record. */
export function nameOf(record: IdentityRecord): string {
  const ids = {
    tenant: record.tenant_id,
    location: record.record === 'tenant' ? '' : record.location_id,
    device: record.record === 'device' ? record.device_id : '',
  };
  return `${record.record}-${ids[record.record]}`;
}

/** The text of a record, with its MAC. */
export function recordText(macKey: Uint8Array, record: IdentityRecord): string {
  return `${JSON.stringify({ ...record, mac: toBase64Url(macOf(macKey, record)) })}\n`;
}

/** The record in `text`; undefined for what is none, or was not written by this hub under that name. */
export function readRecord(
  macKey: Uint8Array,
  { name, text }: { name: string; text: string },
): IdentityRecord | undefined {
  const signed = z.looseObject({ mac: z.string() }).safeParse(parse(text)).data;
  if (signed === undefined) return undefined;
  const { mac, ...rest } = signed;
  const record = IdentityRecord.safeParse(rest).data;
  const given = fromBase64Url(mac);
  if (record === undefined || given === undefined || nameOf(record) !== name) return undefined;
  return sameBytes(given, macOf(macKey, record)) ? record : undefined;
}

function macOf(macKey: Uint8Array, record: IdentityRecord): Buffer {
  return hmacSha256(macKey, CONTEXT, canonicalJson(record));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON is an answer here: the record is passed over and told.
  }
}
